import MomentTensorFiles
import PotentialKit

extension GradeMatrix {
  /// Grades of rows that hold only some of MLIP's parameters, all others being zero: `parameters` are their places in its order,
  /// the last `ownCount` being the species' own.
  convenience init(_ active: MomentTensorActiveSet, parameters: [Int], ownCount: Int) {
    let n = active.count
    let columns = (0..<n).flatMap { column in parameters.map { active.inverseTransposed[column * n + $0] } }
    // The last parameter is a species' own; rows that were never replaced may have it or not.
    let own = (0..<n).filter { row in parameters.last.map { active.rows[row * n + $0] != 0 } ?? false }
    let isOwn = Set(own)
    self.init(
      columns: columns, depth: parameters.count,
      activeRows: own.flatMap { row in parameters.map { active.rows[row * n + $0] } },
      foreign: (0..<n).filter { !isOwn.contains($0) }, ownCount: ownCount)
  }
}
