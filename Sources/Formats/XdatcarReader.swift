import Atomistics
import Diagnostics
import Numerics

/// Reads VASP's XDATCAR: a header as in a POSCAR, once or, where the cell changes, before each frame; then
/// `Direct configuration= N` and fractional coordinates in the cell.
///
/// N is the frame's step. The file says no times and counts no images. VASP 5 names the elements; of VASP 4's files, which
/// have another header, none is read. Source: VASP's wiki, "XDATCAR".
final class XdatcarReader: SeekableParser {
  let source: ByteReader
  private let species: [Element]?
  private var header: PoscarHeader?
  private var headerPlace: TextPlace?
  private var frame = 0

  init(_ source: ByteReader, species: [Element]?) { (self.source, self.species) = (source, species) }

  func next() throws -> Configuration? {
    guard let (header, step) = try nextHeader() else { return nil }
    var positions: [Vector3] = []
    positions.reserveCapacity(source.plausible(header.atomCount, bytesEach: 6))
    for atom in 0..<header.atomCount {
      guard let line = try source.nextLine() else { throw cutOff(header.atomCount) }
      var rest = line
      guard let vector = parseVector(&rest) else {
        throw Failure.input(
          "frame \(frame), atom \(atom + 1): '\(line.trimmed.excerpt)' is not three finite coordinates", at: source.place,
          remedy: "check the line, and that the frame has as many atoms as the header says")
      }
      positions.append(vector * header.vectors)
    }
    guard positions.allSatisfy({ $0.x.isFinite && $0.y.isFinite && $0.z.isFinite }) else {
      throw Failure.input("frame \(frame) has positions that are not finite", at: source.place, remedy: "check the cell")
    }
    var result = Configuration(
      cell: Cell(vectors: header.vectors, periodic: .all), elements: header.elements, positions: positions)
    result.step = step
    frame += 1
    return result
  }

  func skip() throws -> FrameFacts? {
    guard let (header, _) = try nextHeader() else { return nil }
    guard try source.skipLines(header.atomCount) else { throw cutOff(header.atomCount) }
    frame += 1
    // Joined files count their steps anew: these order nothing.
    return FrameFacts(header: headerPlace)
  }

  func seek(to mark: FrameMark, frame index: Int) throws {
    if let place = mark.header, place != headerPlace {
      try source.seek(to: place)
      header = nil
      _ = try nextHeader()
    }
    try source.seek(to: mark.start)
    frame = index
  }

  /// The cell and atoms that hold for the next frame, and its number; nil at the end of the file.
  private func nextHeader() throws -> (header: PoscarHeader, step: Int?)? {
    // A title may be blank; between frames only the end of the file is.
    if let header {
      guard let line = try source.nextFilledLine() else { return nil }
      if let step = Self.step(of: line) { return (header, step) }
      source.unreadLine()
    }
    let place = source.nextPlace
    guard let header = try PoscarHeader(source, species: species) else { return nil }
    let determinant = header.vectors.determinant
    guard determinant != 0, determinant.isFinite else {
      throw Failure.input("frame \(frame) has a flat cell", at: source.place, remedy: "correct its vectors")
    }
    let title = try source.poscarLine("'Direct configuration='")
    guard let step = Self.step(of: title) else {
      throw Failure.input(
        "frame \(frame) has '\(title.trimmed.excerpt)' where 'Direct configuration=' should be", at: source.place,
        remedy: "check that this is an XDATCAR of VASP 5 or later, and that frame \(max(0, frame - 1)) has all its atoms")
    }
    (self.header, headerPlace) = (header, place)
    return (header, step)
  }

  /// The number in `Direct configuration= 12`; nil for any other line.
  private static func step(of line: ByteSpan) -> Int?? {
    var words = line
    guard let first = words.nextWord(), first.string.lowercased() == "direct",
      let second = words.nextWord(), second.string.lowercased().hasPrefix("configuration=")
    else { return nil }
    let number = second.split(at: 0x3D).1.flatMap { $0.isEmpty ? words.nextWord() : $0 }
    return .some(number.flatMap(parseInteger).flatMap { $0 >= 0 ? $0 : nil })
  }

  private func cutOff(_ count: Int) -> Failure {
    .input(
      "the file ends before the \(count) atoms of frame \(frame)", at: source.place,
      remedy: "the file is cut off: remove its last frame")
  }
}
