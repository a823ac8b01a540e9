import AtomicClusterFiles
import PotentialKit

/// One ordered bond as the kernel sees it: its table, or the functions themselves.
final class BondKernel {
  let functions: RadialFunctions
  let table: RadialTable
  /// (n, l) of the radial functions, and for each density the base functions of rank 1 with their coefficients.
  private let radial: [(n: Int, l: Int)]
  private let rankOne: [[(k: Int, coefficient: Double)]]
  /// k of the base functions that grades need, 1-based.
  private let graded: [Int]
  /// Å: where E_ACE ends and ZBL begins, of `InnerCutoffKind.zbl`.
  let innerEnd: Double
  let innerWidth: Double
  /// Where the core repulsion is summed up, behind the densities of the center.
  var coreSlot: Int { rankOne.count }

  /// - Parameters:
  ///   - rankOne: [density][k, 1-based, and its coefficient].
  ///   - graded: k of the base functions that grades need.
  init(
    _ functions: RadialFunctions, spacing: Double, radial: [(n: Int, l: Int)],
    rankOne: [[(k: Int, coefficient: Double)]], graded: [Int]
  ) {
    self.functions = functions
    self.radial = radial
    self.rankOne = rankOne
    self.graded = graded
    innerEnd = functions.bond.innerRadius - functions.bond.innerWidth
    innerWidth = functions.bond.innerWidth
    let isUsed = rankOne.contains { !$0.isEmpty }
    let columns = RadialTable.Columns(
      radialCount: radial.count, densityCount: isUsed ? rankOne.count : 0, hasCore: functions.hasCore,
      baseCount: graded.count)
    let nodes = max(1, Int(functions.cutoff / spacing))
    table = RadialTable(columns: columns, cutoff: functions.cutoff, nodeCount: nodes) { r in
      Self.evaluate(functions, radial, rankOne, graded, columns, at: r)
    }
  }

  /// All columns at a distance, evaluated directly.
  func exact(at r: Double) -> [Dual] { Self.evaluate(functions, radial, rankOne, graded, table.columns, at: r) }

  private static func evaluate(
    _ functions: RadialFunctions, _ radial: [(n: Int, l: Int)], _ rankOne: [[(k: Int, coefficient: Double)]],
    _ graded: [Int], _ columns: RadialTable.Columns, at r: Double
  ) -> [Dual] {
    let base = functions.base(at: r)
    var all = radial.map { functions.radial(n: $0.n, l: $0.l, base: base) }
    if columns.densityCount > 0 {
      all += rankOne.map { terms in terms.reduce(.zero) { $0 + $1.coefficient * base[$1.k - 1] } }
    }
    if columns.hasCore { all.append(functions.core(at: r)) }
    all += Array(repeating: .zero, count: columns.padded - columns.count)
    return all + graded.map { base[$0 - 1] }
  }
}
