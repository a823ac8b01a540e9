import Atomistics
import Decomposition
import Diagnostics
import Numerics

/// What moves: the atoms of this rank with their forces, and how far the run has come.
public final class SystemState {
  public let domain: Domain
  public let forceField: ForceField
  public let kinds: [AtomKind]
  /// Number of atoms over all ranks.
  public let atomCount: Int
  /// Steps since the run began, over all stages.
  public var step = 0
  /// fs since the run began; minimizers do not count.
  public var time = 0.0

  let timer: PhaseTimer

  public init(domain: Domain, forceField: ForceField, kinds: [AtomKind], atomCount: Int, timer: PhaseTimer) {
    self.domain = domain
    self.forceField = forceField
    self.kinds = kinds
    self.atomCount = atomCount
    self.timer = timer
  }

  /// After the positions changed: brings ghosts and, where an atom has moved too far, the neighbor list up to date.
  /// - Parameter flag: any rank's wish to be heard (a signal); the same reduction carries it.
  /// - Returns: whether any rank raised its flag.
  @discardableResult
  func followPositions(flag: Bool = false) throws -> Bool {
    let decision = domain.needsRebuild(flag: flag)
    if decision.rebuild {
      try domain.rebuild()
    } else {
      domain.updateGhosts()
    }
    return decision.flag
  }
}
