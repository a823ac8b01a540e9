import Atomistics
import Diagnostics
import Glibc
import Numerics

/// Kilocalories per mole in eV.
let kilocaloriePerMole = 4184 / (6.022_140_76e23 * 1.602_176_634e-19)

/// Writes one frame as one record: big-endian, in pieces, so that no second copy of the frame is made.
struct NetCDFTrajectoryEncoder {
  private let frame: TrajectoryFrame
  private let options: NetCDFTrajectoryWriter.Options
  private let file: OutputFile
  private let amber: AmberCell
  private let cell: Matrix3
  private let inverse: Matrix3
  private let periodic: Vector3

  /// Atoms a piece.
  private static let pieceSize = 8192

  init(frame: TrajectoryFrame, options: NetCDFTrajectoryWriter.Options, file: OutputFile) {
    self.frame = frame
    self.options = options
    self.file = file
    amber = AmberCell(frame.cell)
    cell = frame.cell.completed
    inverse = cell.inverse
    let flags = frame.cell.periodic
    periodic = Vector3(flags.a ? 1 : 0, flags.b ? 1 : 0, flags.c ? 1 : 0)
  }

  func encode() throws {
    let scalars = [frame.time / 1000, Double(frame.step)]
    let lengths = (0..<3).map { amber.lengths[$0] }
    let angles = (0..<3).map { amber.angles[$0] }
    try file.write((scalars + lengths + angles + frame.cell.vectors.elements).flatMap { bigEndianBytes($0.bitPattern) })
    try encodePositions()
    if options.wrapped { try encodeImages() }
    if options.velocities, let velocities = frame.velocities { try encode(velocities, scale: 1000) }
    if options.forces, let forces = frame.forces { try encode(forces, scale: 1 / kilocaloriePerMole) }
    if options.grades, let grades = frame.grades { try encode(grades) }
  }

  /// How many cells the position lies away from the cell, along each periodic direction.
  @inline(__always)
  private func shift(_ position: Vector3) -> Vector3 { (position * inverse).rounded(.down) * periodic }

  private func encodePositions() throws {
    try forEachPiece { range, output in
      for (k, i) in range.enumerated() {
        let position = Vector3(frame.positions[i].x, frame.positions[i].y, frame.positions[i].z)
        let placed: Vector3
        if options.wrapped {
          placed = position - shift(position) * cell
        } else if let image = frame.images?[i] {
          placed = position + Vector3(Double(image.x), Double(image.y), Double(image.z)) * cell
        } else {
          placed = position
        }
        // Also false for NaN.
        guard abs(placed.x) < 1e30, abs(placed.y) < 1e30, abs(placed.z) < 1e30 else { throw lost(i) }
        store(placed * amber.rotation, at: k, in: output)
      }
    }
  }

  private func encodeImages() throws {
    try forEachPiece { range, output in
      for (k, i) in range.enumerated() {
        let position = Vector3(frame.positions[i].x, frame.positions[i].y, frame.positions[i].z)
        let shift = shift(position)
        let image = frame.images.map { $0[i] } ?? .zero
        let total = shift + Vector3(Double(image.x), Double(image.y), Double(image.z))
        guard abs(total.x) < 2e9, abs(total.y) < 2e9, abs(total.z) < 2e9 else { throw lost(i) }
        for axis in 0..<3 { output[3 * k + axis] = UInt32(bitPattern: Int32(total[axis])).bigEndian }
      }
    }
  }

  private func lost(_ atom: Int) -> Failure {
    Failure.runtime(
      "the position of atom \(atom + 1) at step \(frame.step) is not finite or too far away",
      at: Place(file: file.path), remedy: "look for atoms too close to each other, or take a shorter time step")
  }

  private func encode(_ vectors: UnsafeBufferPointer<SIMD4<Double>>, scale: Double) throws {
    let transform = scale * amber.rotation
    try forEachPiece { range, output in
      for (k, i) in range.enumerated() {
        store(Vector3(vectors[i].x, vectors[i].y, vectors[i].z) * transform, at: k, in: output)
      }
    }
  }

  private func encode(_ scalars: UnsafeBufferPointer<Double>) throws {
    try forEachPiece(words: 1) { range, output in
      for (k, i) in range.enumerated() { output[k] = Float(scalars[i]).bitPattern.bigEndian }
    }
  }

  @inline(__always)
  private func store(_ vector: Vector3, at k: Int, in output: UnsafeMutablePointer<UInt32>) {
    output[3 * k] = Float(vector.x).bitPattern.bigEndian
    output[3 * k + 1] = Float(vector.y).bitPattern.bigEndian
    output[3 * k + 2] = Float(vector.z).bitPattern.bigEndian
  }

  /// Calls `fill` with ranges of atoms and room for so many words an atom, and writes each piece.
  private func forEachPiece(words: Int = 3, _ fill: (Range<Int>, UnsafeMutablePointer<UInt32>) throws -> Void) throws {
    let count = frame.positions.count
    let piece = UnsafeMutablePointer<UInt32>.allocate(capacity: words * min(count, Self.pieceSize))
    defer { piece.deallocate() }
    for start in stride(from: 0, to: count, by: Self.pieceSize) {
      let range = start..<min(count, start + Self.pieceSize)
      try fill(range, piece)
      try file.write(UnsafeRawBufferPointer(start: piece, count: 4 * words * range.count))
    }
  }
}
