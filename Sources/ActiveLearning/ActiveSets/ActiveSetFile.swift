import Atomistics
import Diagnostics
import Formats
import PotentialKit

extension ActiveSetConstruction {
  /// The content of a file with the sets and, where its format keeps them, the frames that own rows. On this rank alone.
  ///
  /// Reads the frames again from the training set.
  public func file(for potential: any ActiveSetPotential, from source: FrameSource) throws -> [UInt8] {
    try potential.file(of: sets, mode: mode, owners: source.owners(of: sets))
  }
}

extension CandidateSelection {
  /// The content of a file with the sets as the picks have extended them and, where its format keeps them, the frames that own
  /// rows: picks, and those of the potential's own file. On this rank alone.
  ///
  /// Reads the picks again from the candidates.
  public func file(for potential: any ActiveSetPotential, from source: FrameSource) throws -> [UInt8] {
    let former = try potential.formerOwners(of: sets)
    return try potential.file(of: sets, mode: mode, owners: former + source.owners(of: sets))
  }
}

/// A configuration that owns rows, and the number that their origins have for it.
struct RowOwner {
  var number: Int32
  var configuration: Configuration
}

extension FrameSource {
  fileprivate func owners(of sets: [ActiveSetMatrix]) throws -> [RowOwner] {
    let numbers = Set(sets.flatMap(\.origins).map { Int($0.configuration) }.filter { $0 >= 0 })
    return try frames(numbers).map { RowOwner(number: Int32($0.number), configuration: $0.configuration) }
  }
}

extension ActiveSetOrigin {
  /// Of a row that was in a potential's file: its configurations count from −2 downwards, candidates from 0 upwards.
  init(former origin: ActiveSetOrigin) {
    self = origin.configuration < 0 ? .placeholder : origin
    if origin.configuration >= 0 { configuration = -2 - origin.configuration }
  }
}

extension ActiveSetPotential {
  /// Those of the configurations in the potential's own file that still own rows.
  fileprivate func formerOwners(of sets: [ActiveSetMatrix]) throws -> [RowOwner] {
    let numbers = Set(sets.flatMap(\.origins).map(\.configuration).filter { $0 < -1 })
    guard !selectedConfigurations.isEmpty, !numbers.isEmpty, let known = summary.elements.first else { return [] }
    var elements = [Element](repeating: known, count: (configurationLabels.max() ?? 0) + 1)
    for (label, element) in zip(configurationLabels, summary.elements) { elements[label] = element }
    let reader = try FrameReader(
      bytes: selectedConfigurations, name: "\(summary.file ?? "the potential"), its selected configurations",
      options: ReadOptions(format: .mlipConfiguration, species: elements))
    var owners: [RowOwner] = [], number: Int32 = -2
    while let configuration = try reader.next() {
      if numbers.contains(number) { owners.append(RowOwner(number: number, configuration: configuration)) }
      number -= 1
    }
    return owners
  }

  /// - Parameter owners: in the order of the file, which counts them anew; rows of others become placeholders' there.
  fileprivate func file(
    of sets: [ActiveSetMatrix], mode: ActiveSetMode, owners: [RowOwner]
  ) throws -> [UInt8] {
    let places = Dictionary(uniqueKeysWithValues: owners.enumerated().map { ($1.number, $0) })
    let renumbered = sets.map { set in
      var set = set
      set.origins = set.origins.map { origin in
        guard let place = places[origin.configuration] else { return .placeholder }
        return ActiveSetOrigin(configuration: place, atom: origin.atom < 0 ? nil : Int(origin.atom))
      }
      return set
    }
    let origins = Dictionary(grouping: renumbered.flatMap(\.origins), by: \.configuration)
    let configurations = owners.enumerated().map { place, owner in
      annotated(owner.configuration, with: origins[Int32(place)] ?? [])
    }
    let place = Place(file: summary.file ?? "the active set")
    let text = try configurations.flatMap { configuration in
      try MLIPConfigurationWriter.encode(
        configuration, species: summary.elements, labels: configurationLabels, at: place)
    }
    let selected = SelectedConfigurations(atomCounts: configurations.map(\.count), text: text)
    return encode(renumbered, mode: mode, selected: selected)
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
