import Atomistics
import Diagnostics
import Numerics

/// An atom of the whole system as the check sees it.
private struct Site: BitwiseCopyable {
  var id: Int64
  var kind: Int32
  var reference: SIMD4<Double>
}

/// One listed neighbor: which atom, and which periodic image of it.
private struct Bond: Hashable {
  var id: Int64
  var shift: SIMD3<Int>
}

extension Domain {
  /// Compares everything that a rebuild made with a slow, independent account of it: each atom owned once and by the
  /// right rank, ghosts that agree with their owners, and the neighbor list of every owned atom against all images of
  /// all atoms. Collective.
  /// - Throws: `Failure.runtime` that says what is wrong.
  package func checkInvariants() throws {
    let count = atoms.ownedCount
    let mine = (0..<count).map { Site(id: atoms.id[$0], kind: atoms.kind[$0], reference: reference.pointer[$0]) }
    let sites = communicator.allGather(mine).flatMap { $0 }
    try communicator.together {
      guard sites.count == atomCount, Set(sites.map(\.id)).count == atomCount else {
        throw Failure.runtime("\(sites.count) atoms are owned, of \(atomCount), some perhaps twice")
      }
      for i in 0..<count where cuts.owner(of: lattice.fractional(reference.pointer[i])) != communicator.rank {
        throw Failure.runtime("atom \(atoms.id[i]) is on the wrong rank")
      }
    }
    try checkGhosts()
    let references = ghostReferences()
    defer { references.deallocate() }
    try communicator.together { try checkList(sites, references) }
  }

  private func checkGhosts() throws {
    let total = atoms.totalCount
    var copies = [Double](repeating: -1, count: 3 * total)
    for i in 0..<atoms.ownedCount {
      copies[3 * i] = Double(atoms.id[i])
      copies[3 * i + 1] = Double(atoms.kind[i])
      copies[3 * i + 2] = Double(communicator.rank)
    }
    copies.withUnsafeMutableBufferPointer { if let base = $0.baseAddress { forward(base, width: 3) } }
    try communicator.together {
      for i in 0..<total where copies[3 * i] != Double(atoms.id[i]) || copies[3 * i + 1] != Double(atoms.kind[i]) {
        throw Failure.runtime("ghost \(i) is atom \(atoms.id[i]) but receives from atom \(copies[3 * i])")
      }
      for i in atoms.ownedCount..<total where i > atoms.ownedCount && copies[3 * i + 2] < copies[3 * i - 1] {
        throw Failure.runtime("the ghosts are not in order of their owners' ranks")
      }
    }
  }

  /// Reference positions of owned atoms and ghosts; the caller deallocates.
  private func ghostReferences() -> UnsafeMutablePointer<SIMD4<Double>> {
    let references = UnsafeMutablePointer<SIMD4<Double>>.allocate(capacity: atoms.totalCount + 1)
    references.initialize(repeating: .zero, count: atoms.totalCount + 1)
    references.update(from: reference.pointer, count: atoms.ownedCount)
    halo.forwardPositions(references, ownedCount: atoms.ownedCount)
    return references
  }

  private func checkList(_ sites: [Site], _ references: UnsafePointer<SIMD4<Double>>) throws {
    let list = neighbors
    guard list.centerCount == atoms.ownedCount, list.kindOffsets[kindCount] == atoms.ownedCount,
      (0..<kindCount).allSatisfy({ kind in
        (list.kindOffsets[kind]..<list.kindOffsets[kind + 1]).allSatisfy {
          atoms.kind[Int(list.centers[$0])] == kind
            && ($0 == list.kindOffsets[kind] || list.centers[$0 - 1] < list.centers[$0])
        }
      })
    else { throw Failure.runtime("the centers are not grouped by kind") }
    let byId = Dictionary(uniqueKeysWithValues: sites.map { ($0.id, $0) })
    for i in 0..<list.centerCount {
      var bonds: Set<Bond> = []
      for k in list.offsets[i]..<list.offsets[i + 1] {
        let j = Int(list.neighbors[k])
        guard j < atoms.totalCount, let site = byId[atoms.id[j]] else {
          throw Failure.runtime("neighbor \(j) does not exist")
        }
        guard k == list.offsets[i] || atoms.kind[Int(list.neighbors[k - 1])] <= atoms.kind[j] else {
          throw Failure.runtime("the neighbors of atom \(atoms.id[i]) are not ordered by kind")
        }
        let cells = lattice.fractional(references[j] - site.reference)
        let whole = SIMD3<Int>(cells.rounded(.toNearestOrEven), rounding: .toNearestOrEven)
        guard bonds.insert(Bond(id: site.id, shift: whole)).inserted else {
          throw Failure.runtime("atom \(site.id) is listed twice as the same neighbor of atom \(atoms.id[i])")
        }
      }
      try compare(bonds, atoms.id[i], references[i], sites)
    }
  }

  /// The bonds of one center against all images of all sites; at the very edge of the reach either answer is right.
  private func compare(_ bonds: Set<Bond>, _ id: Int64, _ center: SIMD4<Double>, _ sites: [Site]) throws {
    let margin = reach / lattice.heights * (1 + 1e-6)
    let limit = reach * reach
    var certain = 0
    var possible = 0
    for site in sites {
      let f = lattice.fractional(site.reference - center)
      let ranges = (0..<3).map { axis in
        lattice.periodic[axis]
          ? Int((-margin[axis] - f[axis]).rounded(.down))...Int((margin[axis] - f[axis]).rounded(.up)) : 0...0
      }
      for a in ranges[0] {
        for b in ranges[1] {
          for c in ranges[2] where site.id != id || a != 0 || b != 0 || c != 0 {
            let d = site.reference + lattice.vector(of: SIMD3(a, b, c)) - center
            let square = (d * d).sum()
            let isListed = bonds.contains(Bond(id: site.id, shift: SIMD3(a, b, c)))
            if square <= limit * (1 - 1e-9), !isListed {
              throw Failure.runtime(
                "atom \(id) misses neighbor \(site.id), image \(a) \(b) \(c), at \(square.squareRoot()) Å")
            }
            if square > limit * (1 + 1e-9), isListed {
              throw Failure.runtime("atom \(id) lists \(site.id), which is \(square.squareRoot()) Å away")
            }
            if square <= limit * (1 - 1e-9) { certain += 1 }
            if square <= limit * (1 + 1e-9) { possible += 1 }
          }
        }
      }
    }
    guard certain...possible ~= bonds.count else {
      throw Failure.runtime("atom \(id) has \(bonds.count) neighbors listed, not \(certain) to \(possible)")
    }
  }
}
