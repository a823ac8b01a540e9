import PotentialKit

extension GraphProgram {
  /// Values and adjoints of what the energy needs.
  convenience init(energy form: EnergyForm) {
    let graph = form.graph, numbers = Self.numbering(graph) { form.isNeeded[$0] }
    let place = { Self.offset(numbers[$0]) }
    let (sums, couplings) = Self.direct(form, numbers, place)
    self.init(
      valueCount: numbers.reduce(0) { max($0, ($1 ?? -1) + 1) },
      reductions: Self.encode(graph.reductions.filter { form.isNeeded[$0.target] }, place),
      blocks: ProductBlock.blocks(of: graph) { form.isNeeded[$0] }, place: place, sums: sums, couplings: couplings)
  }

  /// The values that the energy does without, so that every scalar can be read: to be run on the values of `init(energy:)`.
  convenience init(beyond form: EnergyForm) {
    let graph = form.graph, numbers = Self.numbersBeyond(form), place = { Self.offset(numbers[$0]) }
    self.init(
      valueCount: graph.valueCount, reductions: Self.encode(graph.reductions.filter { !form.isNeeded[$0.target] }, place),
      blocks: ProductBlock.blocks(of: graph) { !form.isNeeded[$0] }, place: place, sums: [], couplings: [])
  }

  /// The place of every value: those of the energy, then the others.
  static func numbersBeyond(_ form: EnergyForm) -> [Int] {
    let needed = numbering(form.graph) { form.isNeeded[$0] }
    var next = needed.reduce(0) { max($0, ($1 ?? -1) + 1) }
    return needed.map { number in
      if let number { return number }
      defer { next += 1 }
      return next
    }
  }

  /// Reduced moments keep their places; what is needed beyond them follows without gaps.
  private static func numbering(_ graph: ContractionGraph, _ isNeeded: (Int) -> Bool) -> [Int?] {
    var next = graph.layout.count
    return (0..<graph.valueCount).map { value in
      if value < graph.layout.count { return value }
      guard isNeeded(value) else { return nil }
      defer { next += 1 }
      return next
    }
  }

  private static func offset(_ number: Int?) -> UInt32 { UInt32((number ?? 0) * Double8.slotBytes) }

  private static func encode(
    _ reductions: [ContractionGraph.Reduction], _ place: (Int) -> UInt32
  ) -> [Reduction] {
    reductions.map { Reduction(target: place($0.target), a: place($0.a), b: place($0.b), c: place($0.c)) }
  }

  /// w + Q m of every computed value; reduced moments that nothing reads get their zero too.
  private static func direct(
    _ form: EnergyForm, _ numbers: [Int?], _ place: (Int) -> UInt32
  ) -> ([Sum], [Coupling]) {
    var couplings = [[Coupling]](repeating: [], count: numbers.count)
    for (pair, factor) in form.quadratic.sorted(by: { ($0.key.x, $0.key.y) < ($1.key.x, $1.key.y) }) where factor != 0 {
      let isSquare = pair.x == pair.y
      couplings[pair.x].append(Coupling(operand: place(pair.y), factor: isSquare ? 2 * factor : factor))
      if !isSquare { couplings[pair.y].append(Coupling(operand: place(pair.x), factor: factor)) }
    }
    let values = numbers.indices.filter { numbers[$0] != nil }
    let sums = values.map {
      Sum(target: place($0), count: UInt32(couplings[$0].count), constant: form.linear[$0])
    }
    return (sums, values.flatMap { couplings[$0] })
  }
}
