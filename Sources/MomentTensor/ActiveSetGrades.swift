import MomentTensorFiles
import PotentialKit

extension GradeMatrix {
  /// Grades of rows that hold only some of MLIP's parameters, all others being zero: `parameters` are their places in its order.
  convenience init(_ active: MomentTensorActiveSet, parameters: [Int]) {
    let n = active.count
    let columns = (0..<n).flatMap { column in parameters.map { active.inverseTransposed[column * n + $0] } }
    // The last parameter is a species' own.
    let own = (0..<n).filter { row in parameters.last.map { active.rows[row * n + $0] != 0 } ?? false }
    self.init(
      columns: columns, depth: parameters.count,
      activeRows: own.flatMap { row in parameters.map { active.rows[row * n + $0] } })
  }
}
