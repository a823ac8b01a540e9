/// A full neighbor list of the owned atoms, as a view: valid until the list's owner rebuilds it.
///
/// Neighbors of centre i are `neighbors[offsets[i] ..< offsets[i + 1]]`: local indices (owned or ghost) of all atoms within
/// `cutoff` + `skin` when the list was built, each periodic image its own entry, ordered by kind and then by place.
/// Both (i, j) and (j, i) are listed where both are owned; i itself never, its images (ghosts) yes.
public struct NeighborList {
  /// Å.
  public var cutoff: Double
  /// Å.
  public var skin: Double
  /// Number of centres: the owned atoms.
  public var centerCount: Int
  public var offsets: UnsafePointer<Int>
  public var neighbors: UnsafePointer<Int32>
  /// All centres grouped by kind, in local order within a kind: those of kind k are `centers[kindOffsets[k] ..< kindOffsets[k + 1]]`.
  public var centers: UnsafePointer<Int32>
  /// One more than there are kinds.
  public var kindOffsets: UnsafePointer<Int>
  public var kindCount: Int

  public init(
    cutoff: Double, skin: Double, centerCount: Int, offsets: UnsafePointer<Int>, neighbors: UnsafePointer<Int32>,
    centers: UnsafePointer<Int32>, kindOffsets: UnsafePointer<Int>, kindCount: Int
  ) {
    self.cutoff = cutoff
    self.skin = skin
    self.centerCount = centerCount
    self.offsets = offsets
    self.neighbors = neighbors
    self.centers = centers
    self.kindOffsets = kindOffsets
    self.kindCount = kindCount
  }
}
