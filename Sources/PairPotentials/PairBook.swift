import Atomistics
import Diagnostics

/// What the input says of each pair of elements, checked; answers which parameters two elements get.
struct PairBook<P: Sendable> {
  /// A pair with its radii settled.
  struct Choice {
    var first: Element
    var second: Element
    var parameters: P
    /// Å.
    var cutoff: Double
    /// Å.
    var innerCutoff: Double
  }

  private struct Key: Hashable {
    var low: Element
    var high: Element

    init(_ first: Element, _ second: Element) { (low, high) = (min(first, second), max(first, second)) }
  }

  let family: String
  let options: PairOptions
  private var entries: [Key: Choice] = [:]
  private let mix: ((P, P) -> P)?
  private let everyOther: P?

  init(
    family: String, pairs: [PairEntry<P>], options: PairOptions, mix: ((P, P) -> P)?, everyOther: P?
  ) throws {
    self.family = family
    self.options = options
    self.mix = mix
    self.everyOther = everyOther
    try requireRadii(options.cutoff, options.innerCutoff ?? 0.9 * options.cutoff, of: "", at: options.place)
    guard options.missingPairs != .mixed || mix != nil else {
      throw Failure.input(
        "\(family) has no mixing rule", at: options.place, remedy: "give the parameters of every pair of elements")
    }
    for pair in pairs {
      let cutoff = pair.cutoff ?? options.cutoff
      let choice = Choice(
        first: pair.first, second: pair.second, parameters: pair.parameters, cutoff: cutoff,
        innerCutoff: pair.innerCutoff ?? (pair.cutoff == nil ? options.innerCutoff : nil) ?? 0.9 * cutoff)
      try requireRadii(choice.cutoff, choice.innerCutoff, of: " of \(pair.first)-\(pair.second)", at: pair.place)
      guard entries.updateValue(choice, forKey: Key(pair.first, pair.second)) == nil else {
        throw Failure.input(
          "\(family) gives the pair \(pair.first)-\(pair.second) twice", at: pair.place,
          remedy: "remove one of the two")
      }
    }
  }

  /// Empty: any element.
  var elements: [Element] {
    everyOther == nil ? Set(entries.keys.flatMap { [$0.low, $0.high] }).sorted() : []
  }

  /// Å.
  var largestCutoff: Double {
    let largest = entries.values.map(\.cutoff).max() ?? 0
    // The common cutoff counts only where a pair may get it without being listed.
    let isDefaultUsed = entries.isEmpty || everyOther != nil || options.missingPairs == .mixed
    return isDefaultUsed ? max(largest, options.cutoff) : largest
  }

  /// Row-major [kinds][kinds]; nil: the pair does not interact.
  func choose(for table: [Element]) throws -> [Choice?] {
    try table.flatMap { first in try table.map { second in try choose(first, second) } }
  }

  private func choose(_ first: Element, _ second: Element) throws -> Choice? {
    if let given = entries[Key(first, second)] { return given }
    if let everyOther { return choice(first, second, everyOther) }
    if options.missingPairs == .ignored { return nil }
    if options.missingPairs == .mixed, let mix, let one = entries[Key(first, first)],
      let other = entries[Key(second, second)]
    {
      return choice(first, second, mix(one.parameters, other.parameters))
    }
    let canMix = mix != nil && options.missingPairs != .mixed
    throw Failure.input(
      "\(family) has no parameters for the pair \(first)-\(second)", at: options.place,
      remedy: "add the pair" + (canMix ? ", ask for mixing," : "") + " or say that missing pairs are to be ignored")
  }

  private func choice(_ first: Element, _ second: Element, _ parameters: P) -> Choice {
    Choice(
      first: first, second: second, parameters: parameters, cutoff: options.cutoff,
      innerCutoff: options.innerCutoff ?? 0.9 * options.cutoff)
  }

  private func requireRadii(_ cutoff: Double, _ inner: Double, of pair: String, at place: Place?) throws {
    guard cutoff > 0, cutoff.isFinite else {
      throw Failure.input(
        "the cutoff\(pair), \(cutoff) Å, must be positive and finite", at: place ?? options.place,
        remedy: "give a positive cutoff")
    }
    guard options.truncation != .smooth || (inner >= 0 && inner < cutoff) else {
      throw Failure.input(
        "the inner cutoff\(pair), \(inner) Å, must lie between 0 and the cutoff, \(cutoff) Å",
        at: place ?? options.place, remedy: "give a smaller inner cutoff")
    }
  }
}
