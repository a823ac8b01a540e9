import Atomistics
import Communication
import Diagnostics
import Numerics
import Testing

@Test func nearestNameFindsSlips() {
  let keys = ["temperature", "timestep", "thermostat", "steps"]
  #expect(nearestName(to: "temprature", among: keys) == "temperature")
  #expect(nearestName(to: "timestpe", among: keys) == "timestep")
  #expect(nearestName(to: "Steps", among: keys) == "steps")
  #expect(nearestName(to: "pressure", among: keys) == nil)
  #expect(nearestName(to: "c", among: ["x", "y", "z"]) == nil)
}

@Test func failuresReadLikeACompilers() {
  let failure = Failure.input("unknown key 'x'", at: Place(file: "a.toml", line: 3, column: 1), remedy: "did you mean 'y'?")
  #expect("\(failure)" == "a.toml:3:1: unknown key 'x'; did you mean 'y'?")
  #expect(failure.exitStatus == 2)
}

/// Known answers of Philox4x32-10 from the authors' Random123 distribution (kat_vectors).
@Test func philoxKnownAnswers() {
  struct Vector { let key: SIMD2<UInt32>, counter: SIMD4<UInt32>, expected: SIMD4<UInt32> }
  let ones = UInt32.max
  let vectors = [
    Vector(key: [0, 0], counter: [0, 0, 0, 0], expected: [0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8]),
    Vector(
      key: [ones, ones], counter: [ones, ones, ones, ones],
      expected: [0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd]),
    Vector(
      key: [0xa409_3822, 0x299f_31d0], counter: [0x243f_6a88, 0x85a3_08d3, 0x1319_8a2e, 0x0370_7344],
      expected: [0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1]),
  ]
  for vector in vectors {
    let step = UInt64(vector.counter.x) | UInt64(vector.counter.y) << 32
    let id = UInt64(vector.counter.z) | UInt64(vector.counter.w) << 32
    #expect(CounterRandom(key: vector.key).words(step: step, id: id) == vector.expected)
  }
}

@Test func normalsHaveTheRightMoments() {
  let random = CounterRandom(.test, seed: 7)
  let count = 100_000
  var mean = Vector3.zero, square = Vector3.zero, fourth = Vector3.zero, cross = 0.0
  for id in 0..<count {
    let n = random.normals(step: 3, id: UInt64(id))
    mean += n
    square += n * n
    fourth += n * n * n * n
    cross += n.x * n.y + n.y * n.z
  }
  let scale = 1 / Double(count)
  // Five standard errors: sqrt(1/n), sqrt(2/n), sqrt(96/n), sqrt(2/n).
  for axis in 0..<3 {
    #expect(abs(mean[axis] * scale) < 0.016)
    #expect(abs(square[axis] * scale - 1) < 0.023)
    #expect(abs(fourth[axis] * scale - 3) < 0.16)
  }
  #expect(abs(cross * scale) < 0.023)
}

@Test func matrixInverse() {
  let m = Matrix3(rows: [2, 0.3, -0.1], [0.2, 3, 0.5], [0.1, -0.4, 4])
  let product = m * m.inverse
  for i in 0..<3 {
    for j in 0..<3 { #expect(abs(product[i, j] - (i == j ? 1 : 0)) < 1e-15) }
  }
  let v = Vector3(1, -2, 3)
  let back = (v * m) * m.inverse
  #expect((back - v).length < 1e-14)
}

@Test func smallestSingularValues() {
  #expect(Matrix3.identity.smallestSingularValue == 1)
  #expect(Matrix3(diagonal: Vector3(3, -0.25, 7)).smallestSingularValue == 0.25)
  // A shear by one cell: the golden ratio and its inverse.
  let shear = Matrix3(rows: [1, 0, 0], [1, 1, 0], [0, 0, 1])
  #expect(abs(shear.smallestSingularValue - (5.0.squareRoot() - 1) / 2) < 1e-15)
  #expect(abs(shear.transpose.smallestSingularValue - (5.0.squareRoot() - 1) / 2) < 1e-15)
  #expect(Matrix3(rows: [1, 2, 3], [2, 4, 6], [0, 1, 1]).smallestSingularValue < 1e-15)
  #expect(Matrix3(rows: [1, 2, .nan], [2, 4, 6], [0, 1, 1]).smallestSingularValue.isNaN)
  // No direction is shortened by more, and one is by as much: v = e of the inverse's largest stretch.
  let random = CounterRandom(.test, seed: 5)
  for k: UInt64 in 0..<50 {
    let rows = (0..<3).map { random.normals(step: k, id: $0) }
    let matrix = Matrix3(rows: rows[0], rows[1], rows[2])
    let least = matrix.smallestSingularValue
    var direction = Vector3(1, 1, 1)
    let square = (matrix.transpose * matrix).inverse
    // Power iteration; the column vector's stretch is the row vector's of the transpose.
    for _ in 0..<3000 {
      direction = direction * square
      direction /= direction.length
    }
    #expect(abs((direction * matrix.transpose).length - least) < 1e-9 * (1 + least))
  }
}

@Test func groupSelections() {
  #expect(GroupSelection.all.contains(0) && GroupSelection.all.contains(.max))
  let some = GroupSelection(any: 0b0110, none: 0b1000)
  #expect(some.contains(0b0010) && some.contains(0b0111) && !some.contains(0b0001) && !some.contains(0))
  #expect(!some.contains(0b1010))
  let rest = GroupSelection(none: 1 << 31)
  #expect(rest.contains(0) && rest.contains(1) && !rest.contains(1 << 31))
}

@Suite struct CellTests {
  @Test func heightsOfASkewedCell() {
    let cell = Cell(vectors: Matrix3(rows: [4, 0, 0], [2, 3, 0], [0, 0, 5]), periodic: .all)
    #expect(abs(cell.heights.y - 3) < 1e-14)
    #expect(abs(cell.heights.x - 4 * 3 / 13.0.squareRoot()) < 1e-14)
    #expect(abs(cell.volume - 60) < 1e-12)
  }

  @Test(arguments: [
    Cell.none, Cell(vectors: Matrix3(rows: [0, 0, 0], [1, 2, 0.5], [0, 0, 0]), periodic: Periodicity(false, true, false)),
    Cell(vectors: Matrix3(rows: [3, 1, 0], [0, 0, 0], [0.3, 0, 4]), periodic: Periodicity(true, false, true)),
    Cell(vectors: Matrix3(rows: [3, 1, 0], [0, 2, 0], [0, 0, 0]), periodic: Periodicity(true, true, false)),
  ])
  func missingVectorsAreCompleted(_ cell: Cell) throws {
    try cell.validate()
    let full = cell.completed
    #expect(full.determinant > 0.1)
    for axis in 0..<3 where cell.vectors[axis] != .zero { #expect(full[axis] == cell.vectors[axis]) }
  }

  @Test func badCellsAreRefused() {
    func message(_ vectors: Matrix3, _ periodic: Periodicity) -> String {
      do {
        try Cell(vectors: vectors, periodic: periodic).validate()
        return "accepted"
      } catch { return "\(error)" }
    }
    #expect(message(Matrix3(rows: [0, 1, 0], [1, 0, 0], [0, 0, 1]), .all).contains("left-handed"))
    #expect(message(Matrix3(rows: [1, 0, 0], [0, 1, 0], [1, 1, 0]), .all).contains("flat"))
    #expect(message(Matrix3(rows: [1, 0, 0], [0, 1, 0], [0, 0, 0]), .all).contains("direction c is periodic"))
    #expect(message(Matrix3(rows: [.nan, 0, 0], [0, 1, 0], [0, 0, 1]), .all).contains("not finite"))
  }
}

@Test func replicationKeepsImagesApart() throws {
  var frame = Configuration(
    cell: Cell(vectors: Matrix3(rows: [2, 0, 0], [0.5, 3, 0], [0, 0, 4]), periodic: .all),
    elements: [Element(symbol: "Li")!, Element(symbol: "S")!], positions: [[0, 0, 0], [1, 1, 1]])
  frame.energy = -1
  let larger = try frame.replicated([2, 1, 3])
  #expect(larger.count == 12)
  #expect(larger.energy == -6)
  #expect(larger.cell.vectors[2] == [0, 0, 12])
  #expect(larger.positions.contains([2, 0, 8]))
  #expect(larger.elements.filter { $0.symbol == "S" }.count == 6)
  #expect(throws: Failure.self) { try frame.replicated([0, 1, 1]) }
}

@Test func failuresReachEveryRank() throws {
  let world = Communicator.world
  #expect(throws: Failure.input("wrong", at: Place(file: "f", line: 2), remedy: "mend it")) {
    try world.together { throw Failure.input("wrong", at: Place(file: "f", line: 2), remedy: "mend it") }
  }
  #expect(try world.onRoot { 5 } == 5)
}
