import Atomistics
import Communication
import Decomposition
import Numerics
import Testing

@Suite(.serialized)
struct AtomFieldTests {
  private func sample() throws -> Domain {
    let cell = Cell(vectors: Matrix3(diagonal: Vector3(9, 8, 10)), periodic: .all)
    let domain = Domain(cell: cell, kindCount: 1, cutoff: 3, skin: 0.4, communicator: .world)
    let records = unitPoints(200, seed: 3).enumerated().map { k, point in
      AtomRecord(id: Int64(3 * k - 50), kind: 0, position: point * cell.vectors, groups: mark(Int64(3 * k - 50)))
    }
    try domain.load(records, cuts: nil, isRestart: false)
    return domain
  }

  /// Groups of an atom that its id alone decides.
  private func mark(_ id: Int64) -> UInt32 { UInt32(truncatingIfNeeded: id &* 2_654_435_761) }

  private func value(_ id: Int64, _ component: Int) -> Double { Double(id) + 1000 * Double(component) }

  private func shuffle(_ domain: Domain) throws {
    for i in 0..<domain.atoms.ownedCount {
      let id = Double(domain.atoms.id[i])
      domain.atoms.position[i] += SIMD4(5 * (0.1 * id * id).remainder(dividingBy: 1), 0.3 * id, -0.7 * id, 0)
    }
    try domain.rebuild()
  }

  @Test func fieldsAndGroupsStayWithTheirAtoms() throws {
    let domain = try sample()
    let before = domain.records().map(\.id)
    let fields = [1, 3, 4, 7].map { domain.addField(width: $0) }
    for field in fields {
      for i in 0..<domain.atoms.ownedCount {
        for c in 0..<field.width {
          #expect(field.pointer[i * field.width + c] == 0)
          field.pointer[i * field.width + c] = value(domain.atoms.id[i], c)
        }
      }
    }
    domain.removeField(fields[1])
    for _ in 0..<3 { try shuffle(domain) }
    #expect(domain.records().map(\.id) != before)
    for field in [fields[0], fields[2], fields[3]] {
      #expect(Int(bitPattern: field.pointer) % MemoryLayout<SIMD4<Double>>.alignment == 0)
      for i in 0..<domain.atoms.ownedCount {
        for c in 0..<field.width { #expect(field.pointer[i * field.width + c] == value(domain.atoms.id[i], c)) }
      }
    }
    #expect((0..<200).allSatisfy { domain.atoms.groups[$0] == mark(domain.atoms.id[$0]) })
    #expect(domain.records().allSatisfy { $0.groups == mark($0.id) })
    // An array that was taken out stays as it was.
    #expect((0..<200).allSatisfy { fields[1].pointer[3 * $0] == value(before[$0], 0) })
  }

  @Test func loadingClearsFields() throws {
    let domain = try sample()
    let field = domain.addField(width: 2)
    field.pointer.update(repeating: 5, count: 400)
    try domain.load(
      domain.records() + [AtomRecord(id: 9999, kind: 0, position: .zero)], cuts: nil, isRestart: false)
    #expect((0..<402).allSatisfy { field.pointer[$0] == 0 })
  }

  @Test func scatteringIsTheInverseOfGathering() throws {
    let domain = try sample()
    let field = domain.addField(width: 3)
    for k in 0..<600 { field.pointer[k] = 0.1 * Double(k) }
    let gathered = domain.gatherToRoot(UnsafePointer(field.pointer), width: 3)
    let other = domain.addField(width: 3)
    try shuffle(domain)
    domain.scatterFromRoot(gathered, width: 3, to: other.pointer)
    #expect((0..<600).allSatisfy { other.pointer[$0] == field.pointer[$0] })
    var marks = [UInt32](repeating: 0, count: 200)
    domain.scatterFromRoot(domain.gatherIdsToRoot().map(mark), to: &marks)
    #expect(marks == (0..<200).map { mark(domain.atoms.id[$0]) })
  }

  @Test func groupsTakeNoRoomInARecord() {
    // Id, kind and groups share the 16 bytes before the position; position, velocity, image, reference follow.
    #expect(MemoryLayout<AtomRecord>.stride == 128)
  }
}
