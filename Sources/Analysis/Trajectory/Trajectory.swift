import Atomistics
import Communication
import Diagnostics
import Formats

/// A trajectory as analyses see it: the frames that count, by number, with the same atoms in each.
///
/// Every rank opens the file; `forEachFrame` deals whole frames to the ranks and `forEachSeries` whole atoms.
public final class Trajectory {
  public let path: String
  public let communicator: Communicator
  /// Of the atoms, in the file's order (by id where the file has ids).
  public let elements: [Element]
  /// [atoms], amu.
  public let masses: [Double]
  /// The elements that occur, in the order of their first atoms.
  public let species: [Element]
  /// [atoms], the place of the atom's element in `species`.
  let kinds: [Int]
  /// Numbers in the file of the frames that count.
  public let frames: [Int]
  public let time: TimeAxis
  /// What to tell the user of the file; on root.
  public let warnings: [String]
  private let file: TrajectoryFile

  /// Collective.
  /// - Throws: `Failure.input`: unreadable, no frame left, times that do not ascend, elements that are not known.
  public init(path: String, options: TrajectoryOptions = TrajectoryOptions(), communicator: Communicator = .world) throws {
    (self.path, self.communicator) = (path, communicator)
    // One rank finds the frames, all read them.
    let first = try communicator.onRoot { try Self.open(path, options, index: nil) }
    let index = FrameIndex(encoded: communicator.broadcast(first?.file.index.encoded ?? []))
    let opened = try communicator.together { try first ?? Self.open(path, options, index: index) }
    (file, elements) = (opened.file, opened.first.elements)
    warnings = [opened.file.index.warning].compactMap { $0 }
    masses = opened.first.masses ?? elements.map(\.mass)
    var seen: [Element] = []
    for element in elements where !seen.contains(element) { seen.append(element) }
    (species, kinds) = (seen, elements.map { seen.firstIndex(of: $0)! })
    let selection = try communicator.together { try FrameSelection(of: opened.file, options) }
    (frames, time) = (selection.frames, selection.time)
  }

  public var frameCount: Int { frames.count }
  public var atomCount: Int { elements.count }

  /// Indices of an element's atoms, ascending.
  /// - Throws: `Failure.input` if it has none.
  public func atoms(of element: Element) throws -> [Int] {
    let found = elements.indices.filter { elements[$0] == element }
    guard !found.isEmpty else {
      throw Failure.input(
        "there is no \(element.symbol) in the trajectory", at: Place(file: path),
        remedy: "it has " + species.map(\.symbol).joined(separator: ", "))
    }
    return found
  }

  /// False for a file of velocities alone.
  public var hasPositions: Bool { file.hasPositions }

  /// Frame `number` of those that count, from 0, with the elements that were named. Local.
  /// - Parameter requiresPositions: false: positions of a file of velocities alone are zero.
  /// - Throws: `Failure.input` if its atoms are others than the first frame's, or there are no positions.
  public func frame(_ number: Int, requiresPositions: Bool = true) throws -> Configuration {
    guard hasPositions || !requiresPositions else {
      throw Failure.input(
        "the trajectory has velocities but no coordinates", at: Place(file: path),
        remedy: "analyze the velocities (Green-Kubo), or write the trajectory with coordinates")
    }
    var configuration = try file.frame(frames[number])
    guard configuration.count == atomCount else {
      throw Failure.input(
        "frame \(frames[number]) has \(configuration.count) atoms, the first has \(atomCount)", at: Place(file: path),
        remedy: "analyze the parts with constant numbers of atoms one by one")
    }
    configuration.elements = elements
    return configuration
  }

  /// Positions (Å) or velocities (Å/fs) of all atoms in frames `numbers` of those that count. Local.
  /// - Throws: `Failure.input` if a frame has other atoms than the first, or none of these vectors.
  func vectors(_ quantity: VectorQuantity, of numbers: Range<Int>) throws -> FrameVectors {
    if let vectors = try file.vectors(quantity, frames: Array(frames[numbers])), vectors.atomCount == atomCount {
      return vectors
    }
    let vectors = FrameVectors(frameCount: numbers.count, atomCount: atomCount)
    for (place, number) in numbers.enumerated() {
      let frame = try frame(number, requiresPositions: quantity == .positions)
      guard quantity == .positions || frame.velocities != nil else {
        throw Failure.input(
          "frame \(frames[number]) has no velocities", at: Place(file: path),
          remedy: "write the trajectory with velocities")
      }
      vectors.set(place, from: frame, quantity)
    }
    return vectors
  }

  /// Calls `body` on each rank with its share of the frames and their numbers, ascending. Collective; `body` must not be.
  public func forEachFrame(_ body: (Int, Configuration) throws -> Void) throws {
    let share = Self.share(of: frameCount, communicator.rank, communicator.size)
    try communicator.together {
      for number in share { try body(number, try frame(number)) }
    }
  }

  /// The numbers that fall to `rank` when `count` things are dealt in blocks.
  static func share(of count: Int, _ rank: Int, _ size: Int) -> Range<Int> {
    count * rank / size..<count * (rank + 1) / size
  }

  private static func open(
    _ path: String, _ options: TrajectoryOptions, index: FrameIndex?
  ) throws -> (file: TrajectoryFile, first: Configuration) {
    var reading = options.reading
    reading.requiresPositions = false
    var named = options.elements
    if let topology = options.topology { named = try readStructure(at: topology, options: options.reading).elements }
    if let named { reading.species = named }
    let file = try TrajectoryFile(path: path, options: reading, index: index)
    var first = try file.frame(0)
    if let named {
      guard named.count == first.count else {
        throw Failure.input(
          "the \(options.topology.map { "topology '\($0)'" } ?? "species list") has \(named.count) atoms, "
            + "the trajectory \(first.count)", at: Place(file: path), remedy: "name each atom of the trajectory once")
      }
      first.elements = named
    }
    return (file, first)
  }
}
