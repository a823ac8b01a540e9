import AtomicClusterFiles
import Atomistics
import Numerics

/// Energy, forces and virial of a whole configuration with the plain evaluator.
public struct PlainClusterResult {
  /// eV of each atom.
  public var energies: [Double] = []
  /// eV/Å.
  public var forces: [Vector3] = []
  /// −dE/dstrain, eV.
  public var virial = Matrix3.zero
  public var grades: [Double] = []
  public var projections: [[Double]] = []
}

extension PlainClusterEvaluator {
  /// - Parameters:
  ///   - species: numbers in `ClusterModel.elements`.
  ///   - cell: rows are the lattice vectors, Å; of those that are not periodic nothing is used.
  ///   - positions: Å, inside the cell or not.
  public func evaluate(species: [Int], positions: [Vector3], cell: Matrix3, periodic: [Bool]) throws -> PlainClusterResult {
    var result = PlainClusterResult()
    result.forces = .init(repeating: .zero, count: positions.count)
    let shifts = Self.shifts(cell, periodic, cutoff: model.maximumCutoff)
    for i in positions.indices {
      var neighbors: [Neighbor] = [], owners: [Int] = []
      for j in positions.indices {
        for shift in shifts {
          let displacement = positions[j] + shift - positions[i], r = displacement.length
          guard r > 1e-8, r < model.bond(center: species[i], neighbor: species[j]).cutoff else { continue }
          neighbors.append(Neighbor(species: species[j], displacement: displacement))
          owners.append(j)
        }
      }
      let site = try site(center: species[i], neighbors: neighbors)
      result.energies.append(site.energy)
      result.projections.append(site.projections)
      if let grade = site.grade { result.grades.append(grade) }
      for ((neighbor, owner), gradient) in zip(zip(neighbors, owners), site.gradients) {
        result.forces[i] += gradient
        result.forces[owner] -= gradient
        result.virial += -1 * Matrix3.outer(neighbor.displacement, gradient)
      }
    }
    return result
  }

  /// Lattice vectors to every image that atoms near the cell can have within the cutoff, with two cells to spare for those
  /// that lie outside it.
  private static func shifts(_ cell: Matrix3, _ periodic: [Bool], cutoff: Double) -> [Vector3] {
    let full = Matrix3(rows: periodic[0] ? cell[0] : .zero, periodic[1] ? cell[1] : .zero, periodic[2] ? cell[2] : .zero)
    let spans = (0..<3).map { k -> Int in
      guard periodic[k] else { return 0 }
      let others = (0..<3).filter { $0 != k && periodic[$0] }.map { full[$0] }
      // The height of the cell over the plane (or line) of the other periodic vectors.
      var height = full[k].length
      if others.count == 2 {
        let normal = others[0].cross(others[1])
        height = abs(full[k].dot(normal)) / normal.length
      } else if let line = others.first {
        height = full[k].cross(line).length / line.length
      }
      return Int((cutoff / height).rounded(.up)) + 2
    }
    return (-spans[0]...spans[0]).flatMap { a in
      (-spans[1]...spans[1]).flatMap { b in
        (-spans[2]...spans[2]).map { c in Double(a) * full[0] + Double(b) * full[1] + Double(c) * full[2] }
      }
    }
  }
}
