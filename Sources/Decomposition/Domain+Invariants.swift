import Atomistics
import Diagnostics
import Numerics

/// An atom of the whole system as the check sees it.
private struct Site: BitwiseCopyable {
  var id: Int64
  var reference: SIMD4<Double>
  var position: SIMD4<Double>
}

/// One listed neighbor: which atom, and which periodic image of it.
private struct Bond: Hashable {
  var id: Int64
  var shift: SIMD3<Int>
}

extension Domain {
  /// Compares everything that the last rebuild made with a slow, independent account of it: each atom owned once and by
  /// the right rank, ghosts that agree with their owners, and the neighbor list of every owned atom against all images
  /// of all atoms, as they were at the rebuild. Collective.
  /// - Throws: `Failure.runtime` that says what is wrong.
  package func checkInvariants() throws {
    let count = atoms.ownedCount
    let sites = allSites()
    let lattice = Lattice(referenceCell)
    try communicator.together {
      guard sites.count == atomCount, Set(sites.map(\.id)).count == atomCount else {
        throw Failure.runtime("\(sites.count) atoms are owned, of \(atomCount), some perhaps twice")
      }
      for i in 0..<count where cuts.owner(of: lattice.fractional(reference.pointer[i])) != communicator.rank {
        throw Failure.runtime("atom \(atoms.id[i]) is on the wrong rank")
      }
    }
    try checkGhosts()
    let references = ghostReferences(lattice)
    defer { references.deallocate() }
    let byId = Dictionary(uniqueKeysWithValues: sites.map { ($0.id, $0) })
    try communicator.together {
      try checkCenters()
      for i in 0..<count {
        let bonds = try bonds(of: i, byId, references, lattice)
        try compare(bonds, atoms.id[i], references[i], sites, lattice)
      }
    }
  }

  /// Checks that ghosts stand where their owners' images are in the present cell, and that every pair within the cutoff
  /// is listed: what must hold as long as `needsRebuild` asks for no rebuild. Collective.
  /// - Throws: `Failure.runtime` that says what is wrong.
  package func checkCoverage() throws {
    let sites = allSites()
    let old = Lattice(referenceCell)
    let references = ghostReferences(old)
    defer { references.deallocate() }
    let byId = Dictionary(uniqueKeysWithValues: sites.map { ($0.id, $0) })
    try communicator.together {
      for i in atoms.ownedCount..<atoms.totalCount {
        guard let site = byId[atoms.id[i]] else { throw Failure.runtime("ghost \(i) has no owner") }
        let cells = Self.cells(from: site.reference, to: references[i], old)
        guard atoms.position[i] == site.position + lattice.vector(of: cells) else {
          throw Failure.runtime("a ghost of atom \(site.id) is not at its image \(cells)")
        }
      }
      for i in 0..<atoms.ownedCount {
        let bonds = try bonds(of: i, byId, references, old)
        try forEachImage(of: sites, around: atoms.position[i], \.position, lattice, within: cutoff) { bond, square in
          let isItself = bond.id == atoms.id[i] && bond.shift == .zero
          guard isItself || square > cutoff * cutoff || bonds.contains(bond) else {
            throw Failure.runtime(
              "atom \(atoms.id[i]) misses neighbor \(bond.id), image \(bond.shift), at \(square.squareRoot()) Å")
          }
        }
      }
    }
  }

  /// All atoms of all ranks.
  private func allSites() -> [Site] {
    let mine = (0..<atoms.ownedCount).map {
      Site(id: atoms.id[$0], reference: reference.pointer[$0], position: atoms.position[$0])
    }
    return communicator.allGather(mine).flatMap { $0 }
  }

  /// By how many whole cells two places of one atom differ.
  private static func cells(from: SIMD4<Double>, to: SIMD4<Double>, _ lattice: Lattice) -> SIMD3<Int> {
    SIMD3<Int>(lattice.fractional(to - from).rounded(.toNearestOrEven), rounding: .toNearestOrEven)
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

  /// Reference positions of owned atoms and, in the reference cell, of ghosts; the caller deallocates.
  private func ghostReferences(_ old: Lattice) -> UnsafeMutablePointer<SIMD4<Double>> {
    let references = UnsafeMutablePointer<SIMD4<Double>>.allocate(capacity: atoms.totalCount + 1)
    references.initialize(repeating: .zero, count: atoms.totalCount + 1)
    references.update(from: reference.pointer, count: atoms.ownedCount)
    halo.setShifts(old)
    halo.forwardPositions(references, ownedCount: atoms.ownedCount)
    halo.setShifts(lattice)
    return references
  }

  private func checkCenters() throws {
    let list = neighbors
    guard list.centerCount == atoms.ownedCount, list.kindOffsets[kindCount] == atoms.ownedCount,
      (0..<kindCount).allSatisfy({ kind in
        (list.kindOffsets[kind]..<list.kindOffsets[kind + 1]).allSatisfy {
          atoms.kind[Int(list.centers[$0])] == kind
            && ($0 == list.kindOffsets[kind] || list.centers[$0 - 1] < list.centers[$0])
        }
      })
    else { throw Failure.runtime("the centers are not grouped by kind") }
  }

  /// The listed neighbors of an owned atom.
  private func bonds(
    of i: Int, _ sites: [Int64: Site], _ references: UnsafePointer<SIMD4<Double>>, _ old: Lattice
  ) throws -> Set<Bond> {
    let list = neighbors
    var bonds: Set<Bond> = []
    for k in list.offsets[i]..<list.offsets[i + 1] {
      let j = Int(list.neighbors[k])
      guard j < atoms.totalCount, let site = sites[atoms.id[j]] else {
        throw Failure.runtime("neighbor \(j) does not exist")
      }
      guard k == list.offsets[i] || atoms.kind[Int(list.neighbors[k - 1])] <= atoms.kind[j] else {
        throw Failure.runtime("the neighbors of atom \(atoms.id[i]) are not ordered by kind")
      }
      let bond = Bond(id: site.id, shift: Self.cells(from: site.reference, to: references[j], old))
      guard bonds.insert(bond).inserted else {
        throw Failure.runtime("atom \(site.id) is listed twice as the same neighbor of atom \(atoms.id[i])")
      }
    }
    return bonds
  }

  /// The bonds of one center against all images of all sites; at the very edge of the reach either answer is right.
  private func compare(
    _ bonds: Set<Bond>, _ id: Int64, _ center: SIMD4<Double>, _ sites: [Site], _ old: Lattice
  ) throws {
    let limit = reach * reach
    var certain = 0
    var possible = 0
    try forEachImage(of: sites, around: center, \.reference, old, within: reach) { bond, square in
      if bond.id == id, bond.shift == .zero { return }
      let isListed = bonds.contains(bond)
      if square <= limit * (1 - 1e-9), !isListed {
        throw Failure.runtime("atom \(id) misses neighbor \(bond.id), image \(bond.shift), at \(square.squareRoot()) Å")
      }
      if square > limit * (1 + 1e-9), isListed {
        throw Failure.runtime("atom \(id) lists \(bond.id), which is \(square.squareRoot()) Å away")
      }
      if square <= limit * (1 - 1e-9) { certain += 1 }
      if square <= limit * (1 + 1e-9) { possible += 1 }
    }
    guard certain...possible ~= bonds.count else {
      throw Failure.runtime("atom \(id) has \(bonds.count) neighbors listed, not \(certain) to \(possible)")
    }
  }

  /// Calls `use` with every image of every site that may lie within `radius` of a point, and the squared distance.
  private func forEachImage(
    of sites: [Site], around center: SIMD4<Double>, _ place: KeyPath<Site, SIMD4<Double>>, _ lattice: Lattice,
    within radius: Double, _ use: (Bond, Double) throws -> Void
  ) rethrows {
    let margin = radius / lattice.heights * (1 + 1e-6)
    for site in sites {
      let position = site[keyPath: place]
      let f = lattice.fractional(position - center)
      let ranges = (0..<3).map { axis in
        lattice.periodic[axis]
          ? Int((-margin[axis] - f[axis]).rounded(.down))...Int((margin[axis] - f[axis]).rounded(.up)) : 0...0
      }
      for a in ranges[0] {
        for b in ranges[1] {
          for c in ranges[2] {
            let d = position + lattice.vector(of: SIMD3(a, b, c)) - center
            try use(Bond(id: site.id, shift: SIMD3(a, b, c)), (d * d).sum())
          }
        }
      }
    }
  }
}
