import Formats
import Foundation
import PotentialKit

/// What tells a potential from another one: the family and its facts, and the bytes of its file wherever that lies.
///
/// A restart under another potential is allowed, but its energies have another zero. Reads files: root only.
func fingerprint(_ potentials: [any Potential]) -> String {
  potentials.map { potential in
    let summary = potential.summary
    var checksum = Checksum64()
    let facts = [summary.family, "\(potential.cutoff)"] + summary.elements.map(\.symbol) + summary.details
    checksum.update(Data(facts.joined(separator: "\n").utf8))
    if let file = summary.file, let bytes = FileManager.default.contents(atPath: file) { checksum.update(bytes) }
    return "\(summary.family) \(checksum.value)"
  }.joined(separator: "\n")
}

extension Checksum64 {
  fileprivate mutating func update(_ data: Data) { data.withUnsafeBytes { update($0) } }
}
