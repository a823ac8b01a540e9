import Atomistics
import Communication
import Diagnostics
import Numerics

extension MolecularDynamics {
  /// Counts degrees of freedom and makes thermostats and barostat. Collective.
  func makeParts() throws {
    let selections = settings.thermostats.map(\.selection)
    let atoms = system.domain.atoms, communicator = system.domain.communicator
    let local = settings.mobility.components(of: selections + [.all], atoms)
    let counts = communicator.sum(local.map(Int64.init)).map(Double.init)
    try checkThermostats(counts)
    let lost = settings.conservesMomentum || settings.driftRemovalInterval > 0 ? 3.0 : 0
    let total = counts[counts.count - 1]
    motion = Thermodynamics.Motion(degreesOfFreedom: max(total - (total > 3 ? lost : 0), 0), mobility: settings.mobility)
    for (place, thermostat) in settings.thermostats.enumerated() {
      // Each has its share of what the centre of mass takes away.
      let degreesOfFreedom = counts[place] * motion.degreesOfFreedom / max(total, 1)
      if case .langevin(let seed) = thermostat.kind {
        langevins.append(LangevinThermostat(thermostat, seed: seed))
      } else if let scaling = thermostat.makeScaling(degreesOfFreedom: degreesOfFreedom, place: place) {
        scalings.append(
          Scaling(thermostat: scaling, temperature: thermostat.temperature, selection: thermostat.selection))
      }
    }
    measured = scalings.map(\.selection)
    if let barostat = settings.barostat {
      try checkOpenDirections(barostat)
      measured.append(.all)
      self.barostat = Barostat(
        barostat, degreesOfFreedom: motion.degreesOfFreedom, cell: system.domain.cell.vectors)
    }
  }

  private func checkThermostats(_ counts: [Double]) throws {
    for (place, thermostat) in settings.thermostats.enumerated() where counts[place] == 0 {
      throw Failure.input(
        "stage \(settings.name): thermostat \(place + 1) has no atoms that move", at: nil,
        remedy: "give it another group, or leave it out (\(thermostat.temperature.from) K)")
    }
    guard settings.thermostats.count > 1 else { return }
    let atoms = system.domain.atoms
    let twice = (0..<atoms.ownedCount).first { i in
      settings.thermostats.lazy.filter { $0.selection.contains(atoms.groups[i]) }.count > 1
    }
    try system.domain.communicator.agree(
      on: twice.map {
        .input(
          "stage \(settings.name): atom \(atoms.id[$0]) is in the groups of two thermostats",
          remedy: "make the groups disjoint, for example by 'not'")
      })
  }

  private func checkOpenDirections(_ barostat: BarostatSettings) throws {
    let cell = system.domain.cell
    if let missing = (0..<3).first(where: { cell.vectors[$0] == .zero }) {
      throw Failure.input(
        "stage \(settings.name): a barostat needs a volume, but cell vector \("abc".map(String.init)[missing]) is zero",
        remedy: "give the open direction a cell vector, too, or run nvt")
    }
    let reciprocal = cell.vectors.inverse.transpose
    for axis in 0..<3 where !cell.periodic[axis] {
      let normal = reciprocal[axis] / reciprocal[axis].length
      guard !CellMode.strains(barostat.modes, along: normal) else {
        throw Failure.input(
          "stage \(settings.name): the barostat strains direction \("abc".map(String.init)[axis]), which is not periodic",
          remedy: "choose components along periodic directions, such as components = [\"x\", \"y\"]")
      }
    }
  }

  /// Momentum fluxes and virial of all ranks, in one sum. Collective.
  func measure() {
    guard !measured.isEmpty else { return }
    let wantsVirial = barostat != nil
    var numbers = measuredFluxes().flatMap(\.elements)
    if wantsVirial { numbers += system.forceField.virial.elements }
    let sums = system.domain.communicator.sum(numbers)
    let tensors = stride(from: 0, to: sums.count, by: 9).map { Matrix3(elements: Array(sums[$0..<$0 + 9])) }
    fluxes = Array(tensors[..<measured.count])
    if wantsVirial { virial = tensors[measured.count] }
  }

  private func measuredFluxes() -> [Matrix3] {
    // One thermostat on all atoms and a barostat look at the same sum.
    if measured.count == 2, measured[0] == measured[1] {
      let flux = updates.momentumFlux([measured[0]])[0]
      return [flux, flux]
    }
    return updates.momentumFlux(measured)
  }

  /// Takes the centre of mass's velocity from the mobile atoms. Collective.
  func removeDrift() {
    let atoms = system.domain.atoms, masses = system.masses, mobility = settings.mobility
    var momentum = SIMD4<Double>.zero, mass = SIMD4<Double>.zero
    for i in 0..<atoms.ownedCount {
      let share = masses[Int(atoms.kind[i])] * mobility.mask(atoms.groups[i])
      momentum += share * atoms.velocity[i]
      mass += share
    }
    let sums = system.domain.communicator.sum(
      [momentum.x, momentum.y, momentum.z, mass.x, mass.y, mass.z])
    let drift = SIMD4((0..<3).map { sums[3 + $0] > 0 ? sums[$0] / sums[3 + $0] : 0 } + [0])
    for i in 0..<atoms.ownedCount { atoms.velocity[i] -= drift * mobility.mask(atoms.groups[i]) }
  }
}
