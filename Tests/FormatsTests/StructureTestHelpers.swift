import Atomistics
import Diagnostics
import Formats
import Foundation
import Numerics
import TestSupport
import Testing

/// A deterministic generator, so that a failure can be repeated.
struct SplitMix64: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  /// A vector of numbers with all their digits.
  mutating func vector(_ range: ClosedRange<Double> = -10...10) -> Vector3 {
    Vector3(.random(in: range, using: &self), .random(in: range, using: &self), .random(in: range, using: &self))
  }
}

enum Sample {
  static func url(_ name: String) throws -> URL {
    try #require(Bundle.module.resourceURL).appendingPathComponent("Data").appendingPathComponent(name)
  }

  static func bytes(_ name: String) throws -> [UInt8] { Array(try Data(contentsOf: url(name))) }

  /// A frame with everything that a configuration can hold in its own fields.
  static func full(
    count: Int = 7, cell: Matrix3 = Matrix3(elements: [4.9, 0.3, 0.2, 0.7, 6.1, -0.5, -0.3, 0.9, 7.1]), seed: UInt64 = 1
  ) throws -> Configuration {
    var random = SplitMix64(state: seed)
    let lithium = try #require(Element(symbol: "Li"))
    let sulfur = try #require(Element(symbol: "S"))
    let elements = (0..<count).map { $0 % 3 == 2 ? sulfur : lithium }
    var frame = Configuration(
      cell: Cell(vectors: cell, periodic: .all), elements: elements, positions: (0..<count).map { _ in random.vector() }
    )
    frame.velocities = (0..<count).map { _ in random.vector(-0.03...0.03) }
    frame.forces = (0..<count).map { _ in random.vector() }
    frame.energies = (0..<count).map { _ in .random(in: -5...0, using: &random) }
    frame.charges = (0..<count).map { _ in .random(in: -1...1, using: &random) }
    frame.masses = elements.map { $0 == lithium ? 6.015122887 : 33.5 }
    frame.ids = (0..<count).map { Int64(10 * ($0 + 1)) }
    frame.images = (0..<count).map { SIMD3(Int32($0), -Int32($0), 0) }
    frame.energy = -43.210987654321
    frame.virial = Matrix3(rows: random.vector(), random.vector(), random.vector())
    return frame
  }
}

/// The frames of a text or of bytes.
func frames(_ bytes: [UInt8], _ name: String, _ options: ReadOptions = ReadOptions()) throws -> [Configuration] {
  let reader = try FrameReader(bytes: bytes, name: name, options: options)
  var all: [Configuration] = []
  while let frame = try reader.next() { all.append(frame) }
  return all
}

func frames(_ text: String, _ name: String, _ options: ReadOptions = ReadOptions()) throws -> [Configuration] {
  try frames(Array(text.utf8), name, options)
}

func frame(_ text: String, _ name: String, _ options: ReadOptions = ReadOptions()) throws -> Configuration {
  try #require(try frames(text, name, options).first)
}

/// Writes to a file of its own and reads the bytes back.
func written(_ configurations: [Configuration], as name: String, _ options: WriteOptions = WriteOptions()) throws
  -> [UInt8]
{
  let folder = try TemporaryDirectory()
  try writeStructures(configurations, to: folder.file(name), options: options)
  #expect(folder.names == [name])
  return try bytes(of: folder.file(name))
}

/// The message of the failure that reading ends in; nil if it succeeds.
func failure(_ text: String, _ name: String, _ options: ReadOptions = ReadOptions()) throws -> String? {
  do {
    _ = try frames(text, name, options)
    return nil
  } catch let failure as Failure {
    #expect(failure.kind == .input)
    return failure.description
  }
}

/// Fields of one frame that a format need not hold.
struct Kept: OptionSet {
  let rawValue: Int
  static let velocities = Kept(rawValue: 1), results = Kept(rawValue: 2), charges = Kept(rawValue: 4)
  static let masses = Kept(rawValue: 8), ids = Kept(rawValue: 16), images = Kept(rawValue: 32)
  static let all: Kept = [.velocities, .results, .charges, .masses, .ids, .images]
}

/// Equal to the last bit in cell, elements, positions and what is kept.
func expectIdentical(_ a: Configuration, _ b: Configuration, _ kept: Kept = .all) {
  #expect(a.cell == b.cell)
  #expect(a.elements == b.elements)
  #expect(a.positions == b.positions)
  if kept.contains(.velocities) { #expect(a.velocities == b.velocities) }
  if kept.contains(.charges) { #expect(a.charges == b.charges) }
  if kept.contains(.masses) { #expect(a.masses == b.masses) }
  if kept.contains(.ids) { #expect(a.ids == b.ids) }
  if kept.contains(.images) { #expect(a.images == b.images) }
  guard kept.contains(.results) else { return }
  #expect(a.forces == b.forces)
  #expect(a.energies == b.energies)
  #expect(a.energy == b.energy)
  #expect(a.virial == b.virial)
}
