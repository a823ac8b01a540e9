import ActiveLearning
import Atomistics
import Formats
import MomentTensor
import MomentTensorFiles
import PotentialKit
import Testing

/// Mean rows are mean values of basis functions: the energy is linear in them.
@Suite(.serialized) struct MeanRowTests {
  @Test func basisFunctionsTimesCoefficientsAreTheEnergy() throws {
    let path = dataFolder.appendingPathComponent("own_l08_2sp/potential.mtp").path
    let file = try MomentTensorFile(bytes: MomentTensorFile.bytes(of: path), file: path)
    let potential = try MomentTensorPotential(file: path, species: elements), rows = try MeanRows(potential)
    let training = dataFolder.appendingPathComponent("own_l08_2sp/train_nbh.cfg").path
    for frame in try readStructures(at: training, options: ReadOptions(species: elements)).prefix(3) {
      let lithium = frame.elements.map { $0 == elements[0] }, all = lithium.map { _ in true }
      let groups = [all, lithium, lithium.map { !$0 }, lithium.map { _ in false }]
      let means = try rows.means(of: frame, path: training, number: 0, groups: groups)
      let mean = try #require(means[0]), count = Double(frame.count)
      #expect(mean.count == file.scalars.count && means[3] == nil)
      let shifts = frame.elements.reduce(0) { $0 + file.speciesCoefficients[$1 == elements[0] ? 0 : 1] }
      let energy = zip(mean, file.momentCoefficients).reduce(0) { $0 + $1.0 * $1.1 } * count + shifts
      try potential.bind(elements: potential.species)
      let system = try ReferenceSystem(frame, cutoff: potential.cutoff, elements: potential.species)
      let expected = try system.evaluate([potential]).energy
      #expect(abs(energy - expected) < 1e-9 * count * max(1, abs(expected)))
      // The mean over all is that of the groups, by their numbers of atoms.
      let part = Double(lithium.count { $0 }) / count
      for column in mean.indices {
        let joined = part * (means[1]?[column] ?? 0) + (1 - part) * (means[2]?[column] ?? 0)
        #expect(abs(joined - mean[column]) < 1e-9 * max(1, abs(mean[column])))
      }
    }
  }
}
