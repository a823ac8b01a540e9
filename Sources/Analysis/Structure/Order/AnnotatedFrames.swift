import Atomistics
import Communication
import Diagnostics
import Formats
import Foundation

/// Writes frames with their local order as columns into an extended XYZ file, for OVITO and others.
///
/// Columns: structure (0 other, 1 fcc, 2 hcp, 3 bcc, 4 icosahedral; −1: no host), q4, q6, cluster (0: not crystalline).
/// Each rank writes a part; `finish` joins them in the order of the frames.
public final class AnnotatedFrames {
  private let path: String
  private let communicator: Communicator
  private let writer: FrameWriter

  /// - Throws: `Failure` if the file cannot be made.
  public init(path: String, communicator: Communicator) throws {
    (self.path, self.communicator) = (path, communicator)
    writer = try FrameWriter(
      path: communicator.size == 1 ? path : Self.part(path, communicator.rank),
      options: WriteOptions(format: .extendedXYZ))
  }

  private static func part(_ path: String, _ rank: Int) -> String { "\(path).part\(rank)" }

  func write(_ frame: Configuration, _ order: LocalOrder) throws {
    var structure = [Int](repeating: -1, count: frame.count), cluster = [Int](repeating: 0, count: frame.count)
    var q4 = [Double](repeating: 0, count: frame.count), q6 = q4
    for (n, host) in order.hosts.enumerated() {
      let atom = Int(host)
      structure[atom] = Int(order.structures[n].rawValue)
      (cluster[atom], q4[atom], q6[atom]) = (order.clusters[n], order.q4[n], order.q6[n])
    }
    var frame = frame
    let names: Set = ["structure", "q4", "q6", "cluster"]
    frame.columns.removeAll { names.contains($0.name) }
    frame.columns += [
      AtomColumn(name: "structure", width: 1, values: .integer(structure)),
      AtomColumn(name: "q4", width: 1, values: .real(q4)), AtomColumn(name: "q6", width: 1, values: .real(q6)),
      AtomColumn(name: "cluster", width: 1, values: .integer(cluster)),
    ]
    try writer.append(frame)
  }

  /// Moves the whole file into place. Collective.
  public func finish() throws {
    try communicator.together { if writer.count > 0 { try writer.finish() } }
    let counts = communicator.allGather(writer.count)
    guard communicator.size > 1 else { return }
    try communicator.onRoot {
      let whole = try AtomicFile(replacing: path)
      for rank in counts.indices where counts[rank] > 0 {
        try Self.append(Self.part(path, rank), to: whole)
      }
      try whole.finish()
      for rank in counts.indices where counts[rank] > 0 { try FileManager.default.removeItem(atPath: Self.part(path, rank)) }
    }
  }

  private static func append(_ part: String, to whole: AtomicFile) throws {
    guard let handle = FileHandle(forReadingAtPath: part) else {
      throw Failure.runtime("a rank's part of the file is missing", at: Place(file: part))
    }
    defer { try? handle.close() }
    while let piece = try handle.read(upToCount: 1 << 24), !piece.isEmpty {
      try piece.withUnsafeBytes { try whole.file.write($0) }
    }
  }
}
