/// What the engine distinguishes atoms by: element and mass. Atoms carry an index into the run's table of kinds.
public struct AtomKind: Hashable, Sendable {
  public var element: Element
  /// amu.
  public var mass: Double

  public init(element: Element, mass: Double? = nil) {
    self.element = element
    self.mass = mass ?? element.mass
  }
}

extension Configuration {
  /// The distinct kinds, ordered by element and mass, and each atom's index into them.
  public func kinds() -> (table: [AtomKind], index: [Int32]) {
    let all = (0..<count).map { AtomKind(element: elements[$0], mass: masses?[$0]) }
    let table = Set(all).sorted { ($0.element, $0.mass) < ($1.element, $1.mass) }
    let positions = Dictionary(uniqueKeysWithValues: table.enumerated().map { ($1, Int32($0)) })
    return (table, all.map { positions[$0]! })
  }
}
