import Atomistics
import Communication
import Formats

/// Fluxes through planes, and their profile, as `swmd analyze flux` gives them.
public struct FluxReport: AnalysisReport {
  public static let kind = "flux"

  public let trajectory: TrajectoryFacts
  public let axis: Int
  /// Å, of the first frame.
  public let height: Double
  /// Å², the mean over the frames.
  public let area: Double
  /// ps between frames; nil where the file does not say it. Then there are crossings, but no fluxes.
  public let spacing: Double?
  /// ps.
  public let start: Double
  public let block: Int
  public let profileBlock: Int
  public let reference: ReferenceFrame
  public let species: [Element]
  /// In the order in which they were asked for.
  public let planes: [FluxPlane]
  /// Ascending; empty where none was asked for.
  public let profile: [FluxPlane]
  public let warning: String?

  /// - Parameter area: Å², the mean over the frames.
  init(
    _ analysis: FluxAnalysis, _ setup: FluxAnalysis.Setup, _ trajectory: Trajectory, area: Double, warning: String?
  ) {
    self.trajectory = TrajectoryFacts(trajectory)
    (axis, height, spacing, block) = (analysis.axis, setup.height, setup.spacing, analysis.block)
    (profileBlock, reference, species) = (setup.profileBlock, analysis.reference, trajectory.species)
    start = trajectory.time.times.first ?? 0
    (self.area, self.warning) = (area, warning)
    let steps = trajectory.frameCount - 1, speciesCount = trajectory.species.count
    func plane(_ position: Double, _ counter: PlaneCrossings, _ number: Int) -> FluxPlane {
      let fluxes = (0..<speciesCount).map {
        SpeciesFlux(counter, species: $0, plane: number, stepCount: steps, area: area, spacing: setup.spacing)
      }
      return FluxPlane(position: position, species: fluxes, block: counter.blockLength)
    }
    let slices = analysis.profilePlanes, counters = setup.counters
    planes = analysis.planes.indices.map { plane(analysis.planes[$0], counters[0], setup.order[$0]) }
    profile = (0..<slices).map {
      plane(setup.height * (Double($0) + 0.5) / Double(slices), counters[counters.count - 1], $0)
    }
  }

  /// ps, or numbers of frames without times: the ends of the complete intervals of `block` steps.
  func boundaries(block: Int) -> [Double] {
    (0...(trajectory.frames - 1) / block).map { start + Double($0 * block) * (spacing ?? 1) }
  }

  var axisName: String { ["x", "y", "z"][axis] }
}

/// What passed one plane.
public struct FluxPlane: Sendable {
  /// Å along the normal.
  public let position: Double
  /// One a species of the trajectory.
  public let species: [SpeciesFlux]
  /// Steps between frames in an interval.
  public let block: Int
}

/// The atoms of one species that passed a plane.
public struct SpeciesFlux: Sendable {
  /// [intervals]; only complete ones.
  public let up: [Int]
  public let down: [Int]
  /// Over all frames, what follows the last complete interval included.
  public let upTotal: Int
  public let downTotal: Int
  /// Å² ps, of an interval and of all; nil without times.
  private let areaTime: Double?
  private let totalAreaTime: Double?

  init(_ counts: PlaneCrossings, species: Int, plane: Int, stepCount: Int, area: Double, spacing: Double?) {
    let start = (species * counts.planes.count + plane) * counts.blockCount
    let row = start..<start + counts.blockCount
    let complete = stepCount / counts.blockLength
    up = counts.up[row].prefix(complete).map { Int($0) }
    down = counts.down[row].prefix(complete).map { Int($0) }
    upTotal = Int(counts.up[row].reduce(0, +))
    downTotal = Int(counts.down[row].reduce(0, +))
    areaTime = spacing.map { area * $0 * Double(counts.blockLength) }
    totalAreaTime = spacing.map { area * $0 * Double(stepCount) }
  }

  /// [intervals]
  public var net: [Int] { zip(up, down).map { $0 - $1 } }
  /// [intervals + 1], from 0.
  public var cumulative: [Int] { net.reduce(into: [0]) { $0.append($0[$0.count - 1] + $1) } }
  /// 1/(Å² ps), [intervals]; nil without times, as what follows.
  public var flux: [Double]? { areaTime.map { areaTime in net.map { Double($0) / areaTime } } }
  /// √(up + down)/(A Δt): of crossings that are independent of each other.
  public var fluxError: [Double]? {
    areaTime.map { areaTime in zip(up, down).map { Double($0 + $1).squareRoot() / areaTime } }
  }
  /// Over all frames.
  public var meanFlux: Double? { totalAreaTime.map { Double(upTotal - downTotal) / $0 } }
  public var meanFluxError: Double? { totalAreaTime.map { Double(upTotal + downTotal).squareRoot() / $0 } }
}
