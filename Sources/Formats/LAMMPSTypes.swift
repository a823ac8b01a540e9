import Atomistics
import Diagnostics

/// LAMMPS's styles of the `Atoms` section that swmd knows.
public enum LAMMPSAtomStyle: String, CaseIterable, Sendable {
  /// id type x y z
  case atomic
  /// id type q x y z
  case charge
  /// id molecule type x y z; read only.
  case molecular
  /// id molecule type q x y z; read only.
  case full

  var hasMolecule: Bool { self == .molecular || self == .full }
  var hasCharge: Bool { self == .charge || self == .full }
  /// Columns before the image flags.
  var columnCount: Int { 5 + (hasMolecule ? 1 : 0) + (hasCharge ? 1 : 0) }
}

/// The numbered types that a configuration is written with: one for each element and mass.
struct LAMMPSTypes {
  /// Type 1 first.
  let table: [AtomKind]
  /// Of each atom, 1-based.
  let ofAtom: [Int]

  /// The elements in the order of `species`; an element with several masses takes several types in a row.
  init(of configuration: Configuration, species: [Element]) {
    let (kinds, index) = configuration.kinds()
    var table: [AtomKind] = []
    var number = [Int](repeating: 0, count: kinds.count)
    for element in species {
      let own = kinds.indices.filter { kinds[$0].element == element }
      if own.isEmpty { table.append(AtomKind(element: element)) }
      for kind in own {
        table.append(kinds[kind])
        number[kind] = table.count
      }
    }
    self.table = table
    ofAtom = index.map { number[Int($0)] }
  }
}

/// The element of a mass in amu: the nearest within 0.1; nil if there is none.
func element(ofMass mass: Double) -> Element? {
  let nearest = (1...118).compactMap(Element.init(atomicNumber:)).min { abs($0.mass - mass) < abs($1.mass - mass) }
  guard let nearest, abs(nearest.mass - mass) <= 0.1 else { return nil }
  return nearest
}
