import Atomistics
import Numerics

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// How a stage's cell moves.
public struct BarostatSettings: Equatable, Sendable {
  public enum Kind: Equatable, Sendable {
    /// A Nosé–Hoover chain on the cell; its length.
    case noseHoover(chain: Int)
    /// Friction 1/time and noise on the cell.
    case langevin(seed: UInt32)
  }

  public var kind: Kind
  /// Relaxation time τ_b, fs.
  public var time: Double
  /// K, over the stage; of the cell's own thermostat, and for its mass.
  public var temperature: Ramp
  public var stress: ExternalStress
  public var modes: [CellMode]

  public init(kind: Kind, time: Double, temperature: Ramp, stress: ExternalStress, modes: [CellMode]) {
    self.kind = kind
    self.time = time
    self.temperature = temperature
    self.stress = stress
    self.modes = modes
  }
}

/// The cell's equations of motion for the isothermal–isobaric ensemble (v_g: strain rate, symmetric, so that the cell
/// never rotates):
///
///     ṙ = v + r v_g;  v̇ = F/m − v v_g − (tr v_g/N_f) v;  ḣ = h v_g
///     W_g v̇_g = Σ m v ⊗ v + W − V P_ext + (2K/N_f) 1 − friction;  W_g = (N_f + 3) k_B T τ_b²/3
///     stored energy: ½ W_g tr(v_g²) + the external stress's + the cell thermostat's
///
/// restricted to the chosen components. G. J. Martyna, D. J. Tobias and M. L. Klein, J. Chem. Phys. 101, 4177 (1994),
/// doi:10.1063/1.467468; M. E. Tuckerman et al., J. Phys. A 39, 5629 (2006), doi:10.1088/0305-4470/39/19/S18. With
/// noise instead of the chain: D. Quigley and M. I. J. Probert, J. Chem. Phys. 120, 11432 (2004),
/// doi:10.1063/1.1755657.
struct Barostat {
  let settings: BarostatSettings
  /// N_f of all atoms.
  let degreesOfFreedom: Double
  /// W_g, eV fs².
  let mass: Double
  /// Strain rate of each mode, 1/fs.
  private(set) var velocities: [Double]
  /// Cell vectors that the deviatoric stress refers to, Å.
  private var reference: Matrix3
  private var chain: NoseHooverChain?
  /// Heat that the cell gave to its Langevin thermostat, and the work of ramps, −∫ V dp − ½ ∫ tr((G − G_0) dΣ), eV.
  private var accumulated = 0.0
  /// What acts in this step: p (eV/Å³) and Σ (eV/Å²).
  private var pressure: Double
  private var tension: Matrix3
  private let random: CounterRandom

  init(_ settings: BarostatSettings, degreesOfFreedom: Double, cell: Matrix3) {
    self.settings = settings
    self.degreesOfFreedom = degreesOfFreedom
    let temperature = settings.temperature.mean
    mass = (degreesOfFreedom + 3) * Units.boltzmann * temperature * settings.time * settings.time / 3
    velocities = [Double](repeating: 0, count: settings.modes.count)
    reference = cell
    pressure = settings.stress.pressureEnergyDensity(at: 0)
    tension = settings.stress.tension(at: 0, reference: cell)
    switch settings.kind {
    case .noseHoover(let length):
      chain = NoseHooverChain(
        degreesOfFreedom: Double(settings.modes.count), temperature: temperature, time: settings.time, length: length)
      random = CounterRandom(.langevinPiston, seed: 0)
    case .langevin(let seed): random = CounterRandom(.langevinPiston, seed: seed)
    }
  }

  /// Whether friction and noise act on the cell in the middle of the drift.
  var isNoisy: Bool { chain == nil }

  /// v_g, 1/fs.
  var strainRate: Matrix3 {
    zip(settings.modes, velocities).reduce(.zero) { $0 + $1.1 * $1.0.direction }
  }

  /// The matrix with which velocities are dragged: v_g + (tr v_g/N_f) 1.
  var drag: Matrix3 {
    let rate = strainRate
    return rate + Matrix3(diagonal: Vector3(repeating: rate.trace / degreesOfFreedom))
  }

  /// ½ W_g tr(v_g²), eV.
  private var kinetic: Double {
    zip(settings.modes, velocities).reduce(0) { $0 + 0.5 * mass * $1.0.multiplicity * $1.1 * $1.1 }
  }

  /// What the cell, the world outside and the cell's thermostat hold, eV.
  func energy(cell: Matrix3) -> Double {
    kinetic + pressure * abs(cell.determinant) + 0.5 * (tension * metricChange(cell)).trace + (chain?.energy ?? 0)
      + accumulated
  }

  /// G − G_0, Å².
  private func metricChange(_ cell: Matrix3) -> Matrix3 { cell * cell.transpose - reference * reference.transpose }

  /// Half a step of the chain on the cell.
  mutating func propagateChain(progress: Double, duration: Double) {
    let kinetic = kinetic, temperature = settings.temperature.value(at: progress)
    guard let factor = chain?.propagate(kinetic: kinetic, temperature: temperature, duration: duration) else { return }
    for k in velocities.indices { velocities[k] *= factor }
  }

  /// The external stress of this step; what a ramp changes is work.
  mutating func setStress(at progress: Double, cell: Matrix3) {
    let newPressure = settings.stress.pressureEnergyDensity(at: progress)
    let newTension = settings.stress.tension(at: progress, reference: reference)
    accumulated -= (newPressure - pressure) * abs(cell.determinant)
    accumulated -= 0.5 * ((newTension - tension) * metricChange(cell)).trace
    (pressure, tension) = (newPressure, newTension)
  }

  /// Pushes the cell by what acts on it from inside and outside.
  /// - Parameters:
  ///   - momentumFlux: Σ m v ⊗ v, eV.
  ///   - virial: W of all ranks, eV.
  ///   - duration: fs.
  mutating func push(momentumFlux: Matrix3, virial: Matrix3, cell: Matrix3, duration: Double) {
    let volume = abs(cell.determinant)
    let hydrostatic = momentumFlux.trace / degreesOfFreedom - pressure * volume
    let force =
      momentumFlux + virial + Matrix3(diagonal: Vector3(repeating: hydrostatic)) - cell.transpose * tension * cell
    for (k, mode) in settings.modes.enumerated() { velocities[k] += duration * mode.mean(force) / mass }
  }

  /// Friction and noise on the cell, exact over `duration`, where it has no chain.
  mutating func applyNoise(progress: Double, duration: Double, step: Int) {
    guard chain == nil else { return }
    let temperature = settings.temperature.value(at: progress)
    let c = exp(-duration / settings.time), before = kinetic
    for (k, mode) in settings.modes.enumerated() {
      let width = ((1 - c * c) * Units.boltzmann * temperature / (mass * mode.multiplicity)).squareRoot()
      velocities[k] = c * velocities[k] + width * random.normals(step: UInt64(step), id: UInt64(k)).x
    }
    accumulated -= kinetic - before
  }

  /// Everything that changes.
  var state: [Double] {
    get { velocities + reference.elements + tension.elements + [accumulated, pressure] + (chain?.state ?? []) }
    set {
      let n = velocities.count
      velocities = Array(newValue[..<n])
      reference = Matrix3(elements: Array(newValue[n..<n + 9]))
      tension = Matrix3(elements: Array(newValue[n + 9..<n + 18]))
      (accumulated, pressure) = (newValue[n + 18], newValue[n + 19])
      chain?.state = Array(newValue[(n + 20)...])
    }
  }
}
