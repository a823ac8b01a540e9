import Atomistics
import Diagnostics
import Formats
import PotentialKit

extension ActiveSetConstruction {
  /// The content of a file with the sets and, where its format keeps them, the frames that own rows. On this rank alone.
  ///
  /// Reads the frames again from the training set.
  public func file(for potential: any ActiveSetPotential, from source: FrameSource) throws -> [UInt8] {
    let owners = Set(sets.flatMap(\.origins).filter { $0 != .placeholder }.map { Int($0.configuration) })
    let frames = try source.frames(owners)
    let places = Dictionary(uniqueKeysWithValues: frames.enumerated().map { (Int32($1.number), $0) })
    // The file counts the frames that it holds.
    let renumbered = sets.map { set in
      var set = set
      set.origins = set.origins.map { origin in
        guard let place = places[origin.configuration] else { return .placeholder }
        return ActiveSetOrigin(configuration: place, atom: origin.atom < 0 ? nil : Int(origin.atom))
      }
      return set
    }
    let configurations = frames.enumerated().map { place, frame in
      annotated(frame.configuration, with: renumbered.flatMap(\.origins).filter { $0.configuration == place })
    }
    let place = Place(file: potential.summary.file ?? "the active set")
    let text = try configurations.flatMap { configuration in
      try MLIPConfigurationWriter.encode(
        configuration, species: potential.summary.elements, labels: potential.configurationLabels, at: place)
    }
    let selected = SelectedConfigurations(atomCounts: configurations.map(\.count), text: text)
    return potential.encode(renumbered, mode: mode, selected: selected)
  }

  private func annotated(_ configuration: Configuration, with origins: [ActiveSetOrigin]) -> Configuration {
    var frame = configuration
    let equations = origins.map { $0.equation(atomCount: frame.count) }.sorted()
    frame.properties = [
      (key: "selected_eqn_inds", value: .string(equations.map(String.init).joined(separator: ",")))
    ]
    frame.columns = []
    return frame
  }
}
