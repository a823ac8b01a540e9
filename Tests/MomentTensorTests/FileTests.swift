import Diagnostics
import Foundation
import MomentTensor
import MomentTensorFiles
import Testing

@Suite struct FileTests {
  static func bytes(_ path: String) throws -> [UInt8] {
    [UInt8](try Data(contentsOf: ReferenceTests.folder.appendingPathComponent(path)))
  }

  @Test("Reading back what was written gives the same values", arguments: 0..<20)
  func roundTrip(seed: Int) throws {
    var file = MomentTensorFile.random(seed, degree: 5, products: 30, repulsive: seed % 2 == 1)
    file.name = "random"
    file.labels = file.labels.map { $0 + 10 }
    let read = try MomentTensorFile(bytes: Array(file.text.utf8), file: "x.mtp")
    #expect(read == file)
    file.radialCoefficients = []
    file.speciesCoefficients = []
    file.momentCoefficients = []
    file.labels = Array(file.labels.indices)
    let untrained = try MomentTensorFile(bytes: Array(file.text.utf8), file: "x.mtp")
    #expect(untrained == file && !untrained.isTrained)
  }

  @Test func selectionStateRoundTrip() throws {
    for name in ["active_nbh.almtp", "active_cfg.almtp"] {
      let bytes = try Self.bytes("own_l08_2sp/\(name)")
      let file = try MomentTensorFile(bytes: bytes, file: name)
      let state = try #require(try MomentTensorActiveSet(bytes: bytes, count: file.parameterCount, file: name))
      let again = Array(file.text.utf8) + state.bytes
      #expect(try MomentTensorFile(bytes: again, file: name) == file)
      #expect(try MomentTensorActiveSet(bytes: again, count: file.parameterCount, file: name) == state)
    }
  }

  @Test("MLIP-2's binary state reads as MLIP-3's")
  func olderState() throws {
    let bytes = try Self.bytes("own_l08_2sp/active_nbh.almtp")
    let file = try MomentTensorFile(bytes: bytes, file: "a")
    let state = try #require(try MomentTensorActiveSet(bytes: bytes, count: file.parameterCount, file: "a"))
    var older = Array(file.text.utf8) + Array("\n^".utf8)
    for value in [1.0, 0, 0, 0] { withUnsafeBytes(of: value.bitPattern.littleEndian) { older += $0 } }
    older += "\n#".utf8
    for value in state.rows + state.inverseTransposed { withUnsafeBytes(of: value.bitPattern.littleEndian) { older += $0 } }
    older += "\n".utf8
    for origin in state.origins { older += "\(origin.x) \(origin.y)\n".utf8 }
    older += state.configurations
    #expect(try MomentTensorFile(bytes: older, file: "b") == file)
    #expect(try MomentTensorActiveSet(bytes: older, count: file.parameterCount, file: "b") == state)
  }

  @Test func toleratesOtherWriters() throws {
    let file = MomentTensorFile.random(4, degree: 3, products: 8)
    let text = file.text
      .replacingOccurrences(of: "MTP\nversion = 1.1.0\n", with: "# a comment\nMTP\r\nversion = 1.1.0\r\n")
      .replacingOccurrences(of: "min_dist", with: "min_val").replacingOccurrences(of: "max_dist", with: "max")
      .replacingOccurrences(of: "radial_basis_size = \(file.radialBasisSize)", with: "size = \(file.radialBasisSize)  <<< a note")
    #expect(try MomentTensorFile(bytes: Array(text.utf8), file: "x.mtp") == file)
  }

  @Test("What is wrong is said with its line", arguments: [
    ("MTP\n", "MPT\n", "x.mtp:1"), ("1.1.0", "1.2.0", "x.mtp:2"), ("RBChebyshev", "RBShapeev", "RBShapeev"),
    ("\tmin_dist", "\tmagnetic_basis_type = B\n\tmin_dist", "magnetic"), ("\tmin_dist", "\tmin_dst", "did you mean min_dist"),
    ("min_dist = 1", "min_dist = 9", "min_dist"), ("min_dist = 1", "min_dist = nan;", "not a finite number"),
    ("alpha_scalar_moments = ", "alpha_scalar_moments = 9", "alpha_moment_mapping"),
    ("alpha_moments_count = ", "alpha_moments_count = 99999999999", "alpha_moments_count"),
    ("species_count = ", "species_count = 7", "blocks"), ("alpha_index_basic = {{", "alpha_index_basic = {{77", "mu = 77"),
    ("species_coeffs = {", "species_coeffs = {1e999, ", "not a finite number"),
  ])
  func complaints(_ find: String, _ replacement: String, _ expected: String) throws {
    let text = MomentTensorFile.random(4, degree: 3, products: 8).text
    let range = try #require(text.range(of: find))
    do {
      _ = try MomentTensorFile(bytes: Array(text.replacingCharacters(in: range, with: replacement).utf8), file: "x.mtp")
      Issue.record("accepted")
    } catch let failure as Failure {
      #expect(failure.description.contains(expected), "\(failure)")
      #expect(failure.kind == .input && failure.place?.file == "x.mtp" && failure.remedy != nil)
    }
  }

  @Test("A graph that reads a moment before it is complete is refused")
  func incompleteMoments() throws {
    var file = MomentTensorFile.random(4, degree: 3, products: 8)
    file.products.reverse()
    #expect(throws: Failure.self) { try file.validate { _ in Place(file: "x") } }
  }
}
