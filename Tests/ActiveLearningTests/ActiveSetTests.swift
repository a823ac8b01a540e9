import ActiveLearning
import Atomistics
import Communication
import Foundation
import Formats
import MomentTensor
import MomentTensorFiles
import Numerics
import PotentialKit
import TestSupport
import Testing

let elements = ["Li", "S"].compactMap(Element.init(symbol:))

func source(_ names: String..., species: Int = 1) -> FrameSource {
  FrameSource(
    paths: names.map { dataFolder.appendingPathComponent($0).path },
    options: ReadOptions(species: Array(elements.prefix(species))))
}

func potential(_ name: String, species: Int = 1) throws -> MomentTensorPotential {
  try MomentTensorPotential(
    file: dataFolder.appendingPathComponent(name).path, species: Array(elements.prefix(species)))
}

/// Grades as the engine computes them, from the force pass.
func grades(_ configuration: Configuration, _ potential: MomentTensorPotential) throws -> [Double] {
  try potential.bind(elements: potential.species)
  let system = try ReferenceSystem(configuration, cutoff: potential.cutoff, elements: potential.species)
  return try system.evaluate([potential], withGrades: true).grades ?? []
}

@Suite(.serialized) struct ActiveSetTests {
  /// From MLIP-3's training sets: all grades within the tolerance, as many directions reached, no smaller a volume.
  @Test(arguments: [("own_l06_1sp", 1), ("own_l08_2sp", 2)])
  func fromATrainingSet(name: String, species: Int) throws {
    let bare = try potential("\(name)/potential.mtp", species: species)
    let made = try ActiveSetConstruction(
      of: bare, from: source("\(name)/train_nbh.cfg", species: species), mode: .neighborhood)
    #expect(made.grades.maximum <= 1.001 && made.grades.maximum > 0.9)
    #expect(made.grades.count == made.atomCount)
    let theirs = try #require(potential("\(name)/active_nbh.almtp", species: species).activeSet)
    #expect(made.filledCount(block: 0) == theirs.origins.count { $0.x >= 0 })
    let own = try #require(inverseTransposed(of: made.sets[0].rows, count: theirs.count)).logAbsDeterminant
    let reference = try #require(inverseTransposed(of: theirs.rows, count: theirs.count)).logAbsDeterminant
    #expect(own > reference - 1e-6, "ln det: \(own), MLIP-3's \(reference)")
  }

  /// Written and read again: the same bits, and the engine's grades of training atoms are those that maxvol saw.
  @Test func filesReadBack() throws {
    let bare = try potential("own_l08_2sp/potential.mtp", species: 2), training = source("own_l08_2sp/train_nbh.cfg", species: 2)
    let made = try ActiveSetConstruction(of: bare, from: training, mode: .neighborhood)
    let directory = try TemporaryDirectory(), path = directory.file("new.almtp")
    let file = try made.file(for: bare, from: training)
    #expect(bare.activeSetSuffix(.neighborhood) == "almtp")
    try Data(file).write(to: URL(fileURLWithPath: path))
    let again = try MomentTensorPotential(file: path, species: elements)
    let set = try #require(again.activeSet)
    #expect(set.mode == .neighborhood && set.rows == made.sets[0].rows)
    #expect(set.inverseTransposed == made.sets[0].inverseTransposed)
    var largest = 0.0
    let frames = try readStructures(at: training.paths[0], options: training.options)
    for frame in frames { largest = max(largest, try grades(frame, again).max() ?? 0) }
    #expect(abs(largest - made.grades.maximum) < 1e-6)

    // The frames behind the matrices own the rows that the origins say.
    try Data(set.configurations).write(to: URL(fileURLWithPath: directory.file("kept.cfg")))
    let kept = try readStructures(at: directory.file("kept.cfg"), options: training.options)
    let equations = kept.map { frame -> [Int] in
      guard let value = frame.properties.first(where: { $0.key == "selected_eqn_inds" })?.value else { return [] }
      if case .integer(let one) = value { return [one] }
      if case .string(let text) = value { return text.split(separator: ",").compactMap { Int($0) } }
      return []
    }
    #expect(Set(set.origins.map(\.x).filter { $0 >= 0 }) == Set(kept.indices.map(Int32.init)))
    for (index, frame) in kept.enumerated() {
      let own = set.origins.filter { $0.x == index }.map { Int($0.y) }.sorted()
      #expect(own == equations[index] && own.allSatisfy { (10 + 3 * frame.count..<10 + 4 * frame.count).contains($0) })
    }
    // A row of the set is the derivative of its atom's energy: its grade is 1.
    let atom = set.origins.first { $0.x == 0 }.map { Int($0.y) - 10 - 3 * kept[0].count } ?? 0
    #expect(abs(try grades(kept[0], again)[atom] - 1) < 1e-6)
  }

  @Test func ofConfigurations() throws {
    let bare = try potential("own_l06_1sp/potential.mtp"), training = source("own_l06_1sp/train_cfg.cfg")
    let made = try ActiveSetConstruction(of: bare, from: training, mode: .configuration)
    #expect(made.grades.maximum <= 1.001 && made.grades.count == made.frameCount)
    let theirs = try #require(potential("own_l06_1sp/active_cfg.almtp").activeSet)
    #expect(made.filledCount(block: 0) == theirs.origins.count { $0.x >= 0 })
    let own = try #require(inverseTransposed(of: made.sets[0].rows, count: theirs.count)).logAbsDeterminant
    let reference = try #require(inverseTransposed(of: theirs.rows, count: theirs.count)).logAbsDeterminant
    #expect(own > reference - 1e-6, "ln det: \(own), MLIP-3's \(reference)")
    let file = try made.file(for: bare, from: training)
    let read = try #require(try MomentTensorActiveSet(bytes: file, count: theirs.count, file: "new"))
    #expect(read.mode == .configuration(energyWeight: 1, scaling: 2))
    #expect(read.origins.allSatisfy { $0.y == ($0.x < 0 ? -1 : 0) })
  }

  /// In batches of some ten atoms, read over again until nothing changes: the same bound on every grade.
  @Test func inBatches() throws {
    let bare = try potential("own_l06_1sp/potential.mtp"), training = source("own_l06_1sp/train_nbh.cfg", "own_l06_1sp/candidates.cfg")
    let whole = try ActiveSetConstruction(of: bare, from: training, mode: .neighborhood)
    let made = try ActiveSetConstruction(of: bare, from: training, mode: .neighborhood, memory: 16 * 22 * 12)
    #expect(whole.sweepCount == 1 && made.sweepCount > 1)
    #expect(made.atomCount == whole.atomCount && made.grades.count == whole.grades.count)
    #expect(made.grades.maximum <= 1.001)
    #expect(made.filledCount(block: 0) == whole.filledCount(block: 0))
    let volumes = try [made, whole].map { try #require(inverseTransposed(of: $0.sets[0].rows, count: 22)).logAbsDeterminant }
    #expect(abs(volumes[0] - volumes[1]) < 1)
  }

  @Test func twiceTheSameBits() throws {
    let bare = try potential("own_l06_1sp/potential.mtp"), training = source("own_l06_1sp/train_nbh.cfg")
    let first = try ActiveSetConstruction(of: bare, from: training, mode: .neighborhood)
    let second = try ActiveSetConstruction(of: bare, from: training, mode: .neighborhood)
    #expect(first.sets == second.sets)
  }

  @Test func errors() throws {
    let two = try potential("own_l08_2sp/potential.mtp", species: 2), one = try potential("own_l06_1sp/potential.mtp")
    #expect { try ActiveSetConstruction(of: one, from: source("own_l08_2sp/train_nbh.cfg", species: 2), mode: .neighborhood) }
      throws: { "\($0)".contains("S") && "\($0)".contains("frame 0") && "\($0)".contains("Li") }
    #expect { try CandidateSelection(for: two, from: source("own_l08_2sp/train_nbh.cfg", species: 2)) }
      throws: { "\($0)".contains("no active set") && "\($0)".contains("swmd activeset") }
  }
}

@Suite(.serialized) struct SelectionTests {
  struct Reference: Decodable {
    struct Run: Decodable {
      var mode: String, selected_candidates: [Int], candidate_grades: [Double]
    }
    var runs: [Run]
  }

  /// Grades of candidates as MLIP-3 gives them; afterwards none is above the threshold, and picks come with falling need.
  @Test(arguments: [("nbh", "active_nbh"), ("cfg", "active_cfg")])
  func againstTheReference(mode: String, file: String) throws {
    let data = try Data(contentsOf: dataFolder.appendingPathComponent("own_l06_1sp/select.json"))
    let run = try #require(try JSONDecoder().decode(Reference.self, from: data).runs.first { $0.mode == mode })
    let graded = try potential("own_l06_1sp/\(file).almtp"), candidates = source("own_l06_1sp/candidates.cfg")
    let selection = try CandidateSelection(for: graded, from: candidates, threshold: 1.001)
    let expected = try #require(run.candidate_grades.max())
    #expect(abs(selection.before.maximum - expected) < 1e-6 * expected)
    #expect(selection.after.maximum <= 1.001)
    #expect(selection.picks.first.map { run.candidate_grades[$0.number] } == expected)
    #expect(selection.picks.allSatisfy { $0.grade > 1.001 && $0.gain > 0 && !$0.atoms.isEmpty })
    // As many frames, give or take a few, as MLIP-3's choice row by row.
    #expect(abs(selection.picks.count - run.selected_candidates.count) <= 4)
  }

  @Test func inBatches() throws {
    let graded = try potential("own_l06_1sp/active_nbh.almtp"), candidates = source("own_l06_1sp/candidates.cfg")
    let whole = try CandidateSelection(for: graded, from: candidates, threshold: 1.5)
    let streamed = try CandidateSelection(for: graded, from: candidates, threshold: 1.5, memory: 16 * 22 * 30)
    #expect(streamed.after.maximum <= 1.5 && whole.after.maximum <= 1.5 && whole.picks.count > 2)
    #expect(streamed.frameCount == 30 && abs(streamed.picks.count - whole.picks.count) <= 3)
  }

  @Test func thresholdAndCount() throws {
    let graded = try potential("own_l06_1sp/active_nbh.almtp"), candidates = source("own_l06_1sp/candidates.cfg")
    let all = try CandidateSelection(for: graded, from: candidates, threshold: 2)
    #expect(all.after.maximum <= 2 && !all.picks.isEmpty)
    let two = try CandidateSelection(for: graded, from: candidates, threshold: 2, largestCount: 2)
    #expect(two.picks.count == 2 && two.picks.map(\.number) == all.picks.prefix(2).map(\.number))
    #expect(two.after.maximum < two.before.maximum)
    let none = try CandidateSelection(for: graded, from: source("own_l06_1sp/train_nbh.cfg"), threshold: 1.01)
    #expect(none.picks.isEmpty && none.before == none.after)
  }

  /// Beyond the square set: as many as wanted, the longest first; those of square maxvol before them.
  @Test(arguments: [1 << 30, 16 * 22 * 200]) func asManyAsWanted(memory: Int) throws {
    let graded = try potential("own_l06_1sp/active_nbh.almtp"), candidates = source("own_l06_1sp/candidates.cfg")
    let square = try CandidateSelection(for: graded, from: candidates, threshold: 2)
    let filled = try CandidateSelection(
      for: graded, from: candidates, threshold: 2, largestCount: square.picks.count + 9, isFilled: true, memory: memory)
    #expect(filled.picks.count == square.picks.count + 9 && Set(filled.picks.map(\.number)).count == filled.picks.count)
    if memory == 1 << 30 { #expect(filled.picks.prefix(square.picks.count).map(\.number) == square.picks.map(\.number)) }
    let lengths = filled.picks.compactMap(\.length)
    #expect(lengths.count == 9 && zip(lengths, lengths.dropFirst()).allSatisfy { $0 >= $1 } && lengths.allSatisfy { $0 > 0 })
    for pick in filled.picks {
      guard let length = pick.length else { continue }
      // All rows of a frame count, the longest most.
      #expect(pick.grade <= 2 && pick.gain >= 0.5 * log(1 + length * length) - 1e-12 && !pick.atoms.isEmpty)
    }
    let all = try CandidateSelection(for: graded, from: candidates, largestCount: 1000, isFilled: true)
    #expect(all.picks.count == all.frameCount)
  }

  /// The extended set in a file: nothing is left above the threshold, and every row says which frame and atom it is of.
  @Test func extendedSetsReadBack() throws {
    let graded = try potential("own_l06_1sp/active_nbh.almtp"), candidates = source("own_l06_1sp/candidates.cfg")
    let selection = try CandidateSelection(for: graded, from: candidates, threshold: 1.5)
    let directory = try TemporaryDirectory(), path = directory.file("extended.almtp")
    try Data(selection.file(for: graded, from: candidates)).write(to: URL(fileURLWithPath: path))
    let extended = try MomentTensorPotential(file: path, species: graded.species)
    let again = try CandidateSelection(for: extended, from: candidates, threshold: 1.5)
    #expect(again.picks.isEmpty && abs(again.before.maximum - selection.after.maximum) < 1e-6)

    let set = try #require(extended.activeSet), before = try #require(graded.activeSet)
    #expect(set.origins.count { $0.x >= 0 } == before.origins.count { $0.x >= 0 })
    try Data(set.configurations).write(to: URL(fileURLWithPath: directory.file("kept.cfg")))
    let kept = try readStructures(at: directory.file("kept.cfg"), options: candidates.options)
    #expect(Set(set.origins.map(\.x).filter { $0 >= 0 }) == Set(kept.indices.map(Int32.init)))
    // Former frames first; the picks behind them in the order of the file.
    let picked = try candidates.frames(Set(selection.picks.map(\.number)))
    #expect(kept.suffix(picked.count).map(\.count) == picked.map(\.configuration.count))
    for (frame, configuration) in kept.enumerated() {
      let found = try grades(configuration, extended)
      for origin in set.origins where origin.x == frame {
        let atom = Int(origin.y) - 10 - 3 * configuration.count
        #expect(abs(found[atom] - 1) < 1e-5, "frame \(frame), atom \(atom)")
      }
    }
    #expect(graded.activeSets?[0].origins.allSatisfy { $0 == .placeholder || $0.atom >= 0 } ?? false)
  }
}
