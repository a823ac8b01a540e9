import Atomistics
import Mechanics
import Numerics

/// Atoms joined by bonds, each with an energy of its length: such a crystal's elastic constants can be worked out by hand.
struct BondedCrystal: MechanicalModel {
  /// From atom `i` to the image `shift` (cells along a, b, c) of atom `j`.
  struct Bond {
    var i: Int
    var j: Int
    var shift: Vector3
    /// Energy (eV) and slope (eV/Å) at a length (Å).
    var law: (Double) -> (energy: Double, slope: Double)
  }

  var bonds: [Bond]

  func evaluate(_ configuration: Configuration) -> Response {
    var response = Response(energy: 0, virial: .zero)
    for bond in bonds {
      let d = vector(bond, configuration), (energy, slope) = bond.law(d.length)
      response.energy += energy
      // W = Σ r ⊗ F; the bond pulls j by −slope along itself.
      response.virial += (-slope / d.length) * Matrix3.outer(d, d)
    }
    return response
  }

  /// Steepest descent, which is enough for two atoms: the step suits springs of up to `stiffness` eV/Å² at each atom.
  func relaxingAtoms(of configuration: Configuration) -> Configuration {
    var relaxed = configuration
    for _ in 0..<20_000 {
      let forces = forces(relaxed)
      if forces.allSatisfy({ $0.length < 1e-13 }) { break }
      for i in forces.indices { relaxed.positions[i] += forces[i] / stiffness }
    }
    return relaxed
  }

  var stiffness = 40.0

  private func vector(_ bond: Bond, _ configuration: Configuration) -> Vector3 {
    configuration.positions[bond.j] + bond.shift * configuration.cell.vectors - configuration.positions[bond.i]
  }

  private func forces(_ configuration: Configuration) -> [Vector3] {
    var forces = [Vector3](repeating: .zero, count: configuration.count)
    for bond in bonds {
      let d = vector(bond, configuration), pull = (bond.law(d.length).slope / d.length) * d
      forces[bond.i] += pull
      forces[bond.j] -= pull
    }
    return forces
  }
}

let carbon = Element(symbol: "C")!

func spring(_ k: Double, length: Double) -> (Double) -> (energy: Double, slope: Double) {
  { r in (0.5 * k * (r - length) * (r - length), k * (r - length)) }
}

/// A simple cubic crystal of edge `a`: springs `k1` to the nearest and `k2` to the next nearest neighbors, their lengths at
/// rest `slack` times the distances. Without slack C11 = (k1 + 2 k2)/a and C12 = C44 = k2/a.
func simpleCubic(a: Double, k1: Double, k2: Double, slack: Double = 1) -> (Configuration, BondedCrystal) {
  var bonds: [BondedCrystal.Bond] = []
  for axis in 0..<3 {
    var near = Vector3.zero
    near[axis] = 1
    bonds.append(.init(i: 0, j: 0, shift: near, law: spring(k1, length: slack * a)))
    for sign in [1.0, -1.0] {
      var diagonal = near
      diagonal[(axis + 1) % 3] = sign
      bonds.append(.init(i: 0, j: 0, shift: diagonal, law: spring(k2, length: slack * a * 2.0.squareRoot())))
    }
  }
  let cell = Cell(vectors: Matrix3(diagonal: Vector3(repeating: a)), periodic: .all)
  return (Configuration(cell: cell, elements: [carbon], positions: [.zero]), BondedCrystal(bonds: bonds))
}

/// Two atoms a cell, stacked along z with springs `ka` and `kb` in turn, so that a strain along z moves them against each
/// other; springs `k` in the planes, `k2` along all face diagonals.
///
/// The diagonals act along z like 2 k2 more in ka and in kb: with ka' and kb' so meant, C33 is (ka' + kb')/(2a) with clamped
/// atoms and 2 ka' kb'/((ka' + kb') a) with relaxed ones.
func stacked(a: Double, ka: Double, kb: Double, k: Double, k2: Double) -> (Configuration, BondedCrystal) {
  var bonds: [BondedCrystal.Bond] = [
    .init(i: 0, j: 1, shift: .zero, law: spring(ka, length: a)),
    .init(i: 1, j: 0, shift: Vector3(0, 0, 1), law: spring(kb, length: a)),
  ]
  let root = 2.0.squareRoot()
  for atom in 0..<2 {
    let up = Vector3(0, 0, Double(atom))
    for axis in 0..<2 {
      var side = Vector3.zero
      side[axis] = 1
      bonds.append(.init(i: atom, j: atom, shift: side, law: spring(k, length: a)))
      for sign in [1.0, -1.0] {
        bonds.append(.init(i: atom, j: 1 - atom, shift: up + sign * side, law: spring(k2, length: root * a)))
      }
    }
    for sign in [1.0, -1.0] {
      bonds.append(.init(i: atom, j: atom, shift: Vector3(1, sign, 0), law: spring(k2, length: root * a)))
    }
  }
  let cell = Cell(vectors: Matrix3(diagonal: Vector3(a, a, 2 * a)), periodic: .all)
  let frame = Configuration(cell: cell, elements: [carbon, carbon], positions: [.zero, Vector3(0, 0, a)])
  return (frame, BondedCrystal(bonds: bonds))
}

/// Lennard-Jones between the atoms of a primitive fcc cell of cubic edge `a`, over the neighbors within three edges and no
/// others, however the crystal is strained: smooth in every strain.
func lennardJonesCrystal(a: Double, epsilon: Double = 0.0104, sigma: Double = 3.405) -> (Configuration, BondedCrystal) {
  let vectors = Matrix3(rows: Vector3(0, a / 2, a / 2), Vector3(a / 2, 0, a / 2), Vector3(a / 2, a / 2, 0))
  var bonds: [BondedCrystal.Bond] = []
  for u in -6...6 {
    for v in -6...6 {
      for w in -6...6 {
        let shift = Vector3(Double(u), Double(v), Double(w))
        // Each pair once: the half of the lattice that comes first in order.
        guard (u, v, w) > (0, 0, 0), (shift * vectors).length <= 3 * a + 1e-9 else { continue }
        bonds.append(.init(i: 0, j: 0, shift: shift) { r in
          let s2 = sigma * sigma / (r * r), s6 = s2 * s2 * s2
          return (4 * epsilon * (s6 * s6 - s6), -24 * epsilon / r * (2 * s6 * s6 - s6))
        })
      }
    }
  }
  let frame = Configuration(cell: Cell(vectors: vectors, periodic: .all), elements: [carbon], positions: [.zero])
  return (frame, BondedCrystal(bonds: bonds))
}
