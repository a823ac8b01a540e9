/// swmd's units: Å, eV, fs, K, amu, e. Constants: CODATA 2018.
public enum Units {
  /// Boltzmann's constant, eV/K.
  public static let boltzmann = 8.617_333_262e-5
  /// (eV/Å)/amu in Å/fs²: turns force over mass into acceleration.
  public static let accelerationPerForce = 1.602_176_634e-19 / 1.660_539_066_60e-27 * 1e-10
  /// amu (Å/fs)² in eV.
  public static let energyPerMassVelocitySquared = 1 / accelerationPerForce
  /// eV/Å³ in bar.
  public static let barPerEVPerCubicAngstrom = 1.602_176_634e6
  /// amu/Å³ in g/cm³.
  public static let gramsPerCubicCentimeter = 1.660_539_066_60
  /// eV/Å³ in GPa.
  public static let gigapascalPerEVPerCubicAngstrom = 160.217_663_4
}
