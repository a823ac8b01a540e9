import ActiveLearning
import Atomistics
import Numerics
import PotentialKit
import TestSupport
import Testing

/// A rattled fcc crystal of `n`³ cells of edge 4 Å in a cell that is not orthogonal, its atoms' ids shuffled.
private func crystal(_ n: Int, rattle: Double = 0.15) -> Configuration {
  var dice = Dice(17), positions: [Vector3] = []
  for x in 0..<n { for y in 0..<n { for z in 0..<n {
    for site in [Vector3.zero, Vector3(2, 2, 0), Vector3(2, 0, 2), Vector3(0, 2, 2)] {
      positions.append(4 * Vector3(Double(x), Double(y), Double(z)) + site + rattle * dice.signedVector3())
    }
  } } }
  let edge = 4 * Double(n)
  // The same crystal with a skewed choice of its periodic cell.
  let vectors = Matrix3(rows: Vector3(edge, 0, 0), Vector3(edge, edge, 0), Vector3(0, 0, edge))
  var result = Configuration(
    cell: Cell(vectors: vectors, periodic: .all), elements: positions.map { _ in elements[0] }, positions: positions)
  result.ids = positions.indices.map { Int64(7 * $0 % positions.count) + 1 }
  return result
}

/// Distances from an atom to all within `reach`, sorted.
private func distances(_ configuration: Configuration, _ center: Int, _ reach: Double) throws -> [Double] {
  let system = try ReferenceSystem(configuration, cutoff: reach)
  let rank = system.ranks[0], list = rank.neighbors, origin = rank.atoms.position[center]
  return (list.offsets[center]..<list.offsets[center + 1]).map { entry in
    let apart = rank.atoms.position[Int(list.neighbors[entry])] - origin
    return (apart * apart).sum().squareRoot()
  }.sorted()
}

private func areEqual(_ a: [Double], _ b: [Double]) -> Bool {
  a.count == b.count && zip(a, b).allSatisfy { abs($0 - $1) < 1e-9 }
}

@Suite struct CutTests {
  @Test func sphereInVacuum() throws {
    let large = crystal(5), cut = try EnvironmentCut(around: 123, of: large, as: .sphere(radius: 6), cutoff: 5)
    #expect(cut.configuration.cell.periodic == .none)
    #expect(areEqual(try distances(cut.configuration, 0, 6.0001), try distances(large, 123, 6)))
    guard case .integer(let ids)? = cut.configuration.columns.first?.values else { return #expect(Bool(false)) }
    #expect(ids[0] == Int(large.ids?[123] ?? 0) && Set(ids).count == cut.configuration.count)
  }

  /// The neighborhood of the center is the one that it had, and nothing overlaps, also across the faces.
  @Test(arguments: [CutShape.periodic(radius: 5), .periodic(radius: 5.7), .cell(count: 130, padding: 0.5)])
  func periodicCuts(shape: CutShape) throws {
    let large = crystal(5)
    for center in [0, 77, 345] {
      let cut = try EnvironmentCut(around: center, of: large, as: shape, cutoff: 5)
      let box = cut.configuration.cell
      #expect(box.periodic == .all)
      #expect(areEqual(try distances(cut.configuration, 0, 5), try distances(large, center, 5)))
      let original = try #require(cut.originalClosestDistance), closest = try #require(cut.closestDistance)
      #expect(closest >= 0.9 * original - 1e-9 && closest <= original + 1e-9)
      let least = try (0..<cut.configuration.count).map { try distances(cut.configuration, $0, 3.2).first ?? 3.2 }.min()
      #expect(abs((least ?? 0) - closest) < 1e-9)
      // Nothing is empty but the layer at the faces: the density stays above two thirds of the crystal's.
      #expect(Double(cut.configuration.count) / box.volume > 0.67 * 4 / 64)
      if case .cell = shape { #expect((100...190).contains(cut.configuration.count)) }
      if case .periodic = shape { #expect(box.vectors[0].x == box.vectors[1].y && box.vectors[1].y == box.vectors[2].z) }
    }
  }

  @Test func closestDistanceOnRequest() throws {
    let cut = try EnvironmentCut(around: 5, of: crystal(5), as: .periodic(radius: 5), cutoff: 5, closest: 2.9)
    let plain = try EnvironmentCut(around: 5, of: crystal(5), as: .periodic(radius: 5), cutoff: 5)
    #expect(cut.configuration.cell.volume > plain.configuration.cell.volume)
  }

  /// The engine's grade of the center is the same in the cut as in the crystal.
  @Test func gradesStay() throws {
    let large = crystal(4, rattle: 0.3), graded = try potential("own_l06_1sp/active_nbh.almtp")
    let before = try grades(large, graded)
    for center in [3, 100] {
      for shape in [CutShape.sphere(radius: graded.cutoff), .periodic(radius: graded.cutoff)] {
        let cut = try EnvironmentCut(around: center, of: large, as: shape, cutoff: graded.cutoff)
        let after = try grades(cut.configuration, graded)[0]
        #expect(abs(after - before[center]) < 1e-8 * before[center])
      }
    }
  }

  @Test func structuresThatAreSmall() {
    #expect { try EnvironmentCut(around: 0, of: crystal(2), as: .cell(count: 100, padding: 0.5), cutoff: 5) }
      throws: { "\($0)".contains("32") && "\($0)".contains("compute the structure as it is") }
  }

  /// Above a surface the vacuum is not filled: the center keeps its neighborhood.
  @Test func surfaces() throws {
    var slab = crystal(5)
    slab.cell.vectors = Matrix3(rows: Vector3(20, 0, 0), Vector3(0, 20, 0), Vector3(0, 0, 40))
    let top = slab.positions.indices.max { slab.positions[$0].z < slab.positions[$1].z } ?? 0
    for shape in [CutShape.periodic(radius: 5), .cell(count: 100, padding: 0.5)] {
      let cut = try EnvironmentCut(around: top, of: slab, as: shape, cutoff: 5)
      #expect(areEqual(try distances(cut.configuration, 0, 5), try distances(slab, top, 5)))
    }
  }
}
