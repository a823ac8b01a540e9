import Atomistics
import Diagnostics
import Formats

/// Currents in time: each with the same number of equivalent components, at even intervals.
public struct CurrentSeries: Sendable {
  /// [currents][components][frames].
  public let values: [[[Double]]]
  /// The time between frames: ps for currents of trajectories, fs for those of files.
  public let interval: Double

  public var currentCount: Int { values.count }
  public var componentCount: Int { values[0].count }
  public var frameCount: Int { values[0][0].count }

  public init(values: [[[Double]]], interval: Double) {
    precondition(!values.isEmpty && values.allSatisfy { $0.count == values[0].count && !$0.isEmpty })
    (self.values, self.interval) = (values, interval)
  }

  /// Reads a NumPy array [frames], [frames, components] or [frames, currents, components], or a table of numbers with a row
  /// a frame, its columns the components of the first current, then those of the next.
  ///
  /// - Parameters:
  ///   - components: of each current in a table or a two-dimensional array; nil: all columns are one current's.
  ///   - interval: fs.
  /// - Throws: `Failure.input` that names the file and what is wrong in it.
  public init(path: String, components: Int?, interval: Double) throws {
    guard interval > 0 else { throw Failure.input("--interval must be above 0 fs") }
    let array = path.hasSuffix(".npy") ? try NumPyArray(path: path) : try NumPyArray(table: path)
    let place = Place(file: path)
    guard (1...3).contains(array.shape.count), array.values.allSatisfy(\.isFinite) else {
      throw Failure.input(
        array.values.allSatisfy(\.isFinite) ? "the array has \(array.shape.count) dimensions" : "a value is not finite",
        at: place, remedy: "give [frames], [frames, components] or [frames, currents, components], all finite")
    }
    let frames = array.shape[0], columns = array.shape.dropFirst().reduce(1, *)
    let width = array.shape.count == 3 ? array.shape[2] : components ?? columns
    guard frames >= 8, width > 0, columns > 0, columns % width == 0 else {
      throw Failure.input(
        frames < 8 ? "the file has \(frames) frames: too few" : "\(columns) columns are no whole number of currents",
        at: place, remedy: frames < 8 ? "give a longer series" : "say by --components how many columns a current has")
    }
    if let components, components != width {
      throw Failure.input("the array has \(width) components a current, not \(components)", at: place)
    }
    values = (0..<columns / width).map { current in
      (0..<width).map { component in
        (0..<frames).map { array.values[$0 * columns + current * width + component] }
      }
    }
    self.interval = interval
  }
}
