import Atomistics
import Diagnostics

/// What happens to a pair potential at its cutoff.
public enum Truncation: String, CaseIterable, Sendable {
  /// Nothing: the energy jumps to zero.
  case cut
  /// V(r) − V(cutoff): the energy is continuous, the force jumps to zero.
  case shift
  /// V(r) − V(cutoff) − (r − cutoff) V'(cutoff): energy and force are continuous, without an inner cutoff.
  case shiftedForce = "shifted-force"
  /// V(r) times a switch from the inner cutoff on: energy, force and its derivative are continuous.
  case smooth
}

/// What happens to two elements that both occur in the run but are not among the pairs given.
public enum MissingPairs: String, CaseIterable, Sendable {
  /// An error that names them.
  case rejected
  /// They do not interact.
  case ignored
  /// Lorentz–Berthelot mixing from the pairs of equal elements (Lennard-Jones only).
  case mixed
}

/// What the families of pair potentials have in common.
public struct PairOptions: Sendable {
  /// Å, for pairs that give none of their own.
  public var cutoff: Double
  public var truncation: Truncation
  /// Å, where `.smooth` starts to switch, for pairs that give none of their own; nil: nine tenths of the pair's cutoff.
  public var innerCutoff: Double?
  public var missingPairs: MissingPairs
  /// Where the input says so, for error messages.
  public var place: Place?

  public init(
    cutoff: Double, truncation: Truncation = .cut, innerCutoff: Double? = nil, missingPairs: MissingPairs = .rejected,
    place: Place? = nil
  ) {
    self.cutoff = cutoff
    self.truncation = truncation
    self.innerCutoff = innerCutoff
    self.missingPairs = missingPairs
    self.place = place
  }
}

/// The parameters of one pair of elements.
public struct PairEntry<Parameters: Sendable>: Sendable {
  public var first: Element
  public var second: Element
  public var parameters: Parameters
  /// Å; nil: the options'.
  public var cutoff: Double?
  /// Å; nil: the options', or nine tenths of the pair's own cutoff where it has one.
  public var innerCutoff: Double?
  /// Where the input says so, for error messages.
  public var place: Place?

  public init(
    _ first: Element, _ second: Element, _ parameters: Parameters, cutoff: Double? = nil, innerCutoff: Double? = nil,
    place: Place? = nil
  ) {
    self.first = first
    self.second = second
    self.parameters = parameters
    self.cutoff = cutoff
    self.innerCutoff = innerCutoff
    self.place = place
  }

  /// Throws unless `condition` holds and the value is finite: a parameter of this pair is wrong.
  func require(_ condition: Bool, _ name: String, _ value: Double, _ expectation: String) throws {
    guard condition, value.isFinite else {
      throw Failure.input(
        "\(name) = \(value) of the pair \(first)-\(second) must be \(expectation)", at: place,
        remedy: "give a finite value that is \(expectation)")
    }
  }
}
