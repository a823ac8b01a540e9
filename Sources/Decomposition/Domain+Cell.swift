import Atomistics
import Diagnostics
import Numerics

extension Domain {
  /// Gives the simulation another cell, of the same periodicity; on every rank the same one. Local.
  ///
  /// Positions stay: who wants them to follow the cell moves them. Ghosts follow at the next `updateGhosts`, and the
  /// neighbor list holds until `needsRebuild` says otherwise. A cell that cannot be simulated is refused by `rebuild`.
  public func setCell(_ new: Cell) {
    cell = new
    lattice = Lattice(new)
    halo.setShifts(lattice)
    validity = ListValidity(from: Lattice(referenceCell), to: lattice, cutoff: cutoff, skin: skin)
  }

  /// The present cell is the one that the list is built with.
  func adoptCell() {
    referenceCell = cell
    validity = ListValidity(from: lattice, to: lattice, cutoff: cutoff, skin: skin)
  }

  /// What is wrong with a cell that changed while running, if anything; the same on all ranks.
  var cellFailure: Failure? {
    func collapsed(_ reason: String) -> Failure {
      let vectors = (0..<3).map { "\(cell.vectors[$0].x) \(cell.vectors[$0].y) \(cell.vectors[$0].z)" }
      return .runtime(
        "the cell has collapsed to [\(vectors.joined(separator: ", "))] Å: \(reason)",
        remedy: "use a gentler barostat (a longer time constant) or a shorter time step, and see that the potential "
          + "holds at this density")
    }
    do { try cell.validate() } catch let error as Failure { return collapsed(error.message) } catch { return nil }
    if let reason = crowding(atomCount) { return collapsed(reason) }
    if cell.isFullyPeriodic, cell.volume < min(Self.smallestAtomicVolume * Double(atomCount), referenceCell.volume) {
      return collapsed("less than \(Self.smallestAtomicVolume) Å³ is left for an atom")
    }
    return nil
  }

  /// Å³ an atom: denser than anything that potentials are made for, and the lists of such a cell would fill the memory.
  private static let smallestAtomicVolume = 0.1

  /// Atoms in images, a rank: more would fill the memory before anybody learned why.
  private static let ghostLimit = 2e7
  /// Images of the cell.
  private static let imageLimit = 1e7

  /// What is wrong with a cell of `count` atoms that is far too small for the cutoff; nil where it is not.
  func crowding(_ count: Int) -> String? {
    let images = (0..<3).reduce(1) { cell.periodic[$1] ? $0 * (2 * reach / lattice.heights[$1] + 1) : $0 }
    guard images > Self.imageLimit || (images - 1) * Double(count) > Self.ghostLimit * Double(communicator.size) else {
      return nil
    }
    return "within the cutoff of \(cutoff) Å it has images of itself with \(Float(images * Double(count))) atoms"
  }
}
