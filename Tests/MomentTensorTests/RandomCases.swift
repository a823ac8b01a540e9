import Atomistics
import MomentTensorFiles
import Numerics
import PotentialKit
import TestSupport

extension MomentTensorFile {
  /// A potential that is no level's: basic moments of any degree in any order, some twice, products of anything computed before.
  static func random(_ seed: Int, degree: Int, products: Int, repulsive: Bool = false) -> MomentTensorFile {
    var dice = Dice(seed), file = MomentTensorFile()
    let species = dice.integer(1...3), functions = dice.integer(1...7)
    file.labels = Array(0..<species)
    file.scaling = 0.2
    file.minimumDistance = 1.5
    file.maximumDistance = 4.5
    file.radialBasis = repulsive ? .repulsiveChebyshev : .chebyshev
    file.radialBasisSize = dice.integer(2...12)
    file.radialFunctionCount = functions
    let rows = species * species * functions
    for _ in 0..<rows { file.radialCoefficients += (0..<file.radialBasisSize).map { dice.signed() / Double(1 + $0 * $0) } }
    for index in 0..<max(functions, dice.integer(4...40)) {
      // The first ones use every function, as a file must.
      let x = dice.integer(0...degree), y = dice.integer(0...(degree - x)), z = dice.integer(0...(degree - x - y))
      file.basicMoments.append(BasicMoment(mu: index < functions ? index : dice.integer(0...functions - 1), x: x, y: y, z: z))
    }
    file.basicMoments.append(file.basicMoments[0])
    file.addRandomProducts(products, &dice)
    file.speciesCoefficients = (0..<species).map { _ in dice.signed() }
    file.momentCoefficients = file.scalars.map { _ in 0.1 * dice.signed() }
    return file
  }

  private mutating func addRandomProducts(_ count: Int, _ dice: inout Dice) {
    momentCount = basicMoments.count
    var factors = [Int](repeating: 1, count: momentCount)
    for _ in 0..<count {
      let target = momentCount
      var most = 0
      for _ in 0..<dice.integer(1...6) {
        let a = dice.integer(0...target - 1), b = dice.integer(0...target - 1)
        // Powers above four of a moment would drown what the test looks at.
        guard factors[a] + factors[b] <= 4 else { continue }
        products.append(Product(first: a, second: b, factor: dice.integer(-3...6), target: target))
        most = max(most, factors[a] + factors[b])
      }
      guard most > 0 else { continue }
      momentCount += 1
      factors.append(most)
    }
    scalars = (0..<momentCount).filter { _ in dice.unit() < 0.5 }
    if scalars.isEmpty { scalars = [0] }
  }
}

extension Configuration {
  /// A triclinic crystal, a cluster, a slab, or atoms on the axes, by seed; some pairs nearer than any potential's least distance.
  static func random(_ seed: Int, elements: [Element]) -> Configuration {
    var dice = Dice(seed + 1000)
    let count = dice.integer(1...12)
    let kinds = (0..<count).map { _ in dice.integer(0...elements.count - 1) }
    var positions = (0..<count).map { _ in 3 * dice.signedVector3() }
    var cell = Cell(
      vectors: Matrix3(rows: Vector3(6 + dice.unit(), 0.3, 0), Vector3(1.2, 5.5, 0.2), Vector3(-0.7, 0.4, 7)), periodic: .all)
    switch seed % 4 {
    case 0: cell = .none
    case 1: cell.periodic = Periodicity(true, false, true)
    case 2:
      cell = .none
      // Along the axes and in one line: directions have zero components, two neighbors are exactly opposite.
      positions = (0..<count).map { index in
        var place = Vector3.zero
        place[index % 3] = 1.9 * Double(index / 3) + (index > 2 ? 0 : 1.1)
        return place
      }
    default: break
    }
    // No two atoms on one spot.
    for index in positions.indices {
      for other in 0..<index where (positions[index] - positions[other]).length < 0.8 { positions[index].x += 1.3 }
    }
    return Configuration(cell: cell, elements: kinds.map { elements[$0] }, positions: positions)
  }
}

/// What a potential should give.
struct ExpectedResult {
  var energies: [Double]
  var forces: [Vector3]
  var virial: Matrix3

  /// The largest deviation, relative to the largest force or energy (at least 1).
  func difference(_ found: ReferenceResult) -> Double {
    let scale = max(1, forces.map(\.length).max() ?? 0, energies.map(abs).max() ?? 0)
    let virialScale = max(scale, virial.elements.map(abs).max() ?? 0)
    let byForce = zip(forces, found.forces).map { ($0 - $1).length }.max() ?? 0
    let byEnergy = zip(energies, found.energies).map { abs($0 - $1) }.max() ?? 0
    let byVirial = zip(virial.elements, found.virial.elements).map { abs($0 - $1) }.max() ?? 0
    return max(byForce / scale, byEnergy / scale, byVirial / virialScale)
  }
}
