import PotentialKit

/// Of a row in MLIP's order (radial coefficients, shifts of the species, coefficients of the scalars) the last are the basis
/// functions B_s themselves.
extension MomentTensorPotential: DescribingPotential {
  public func descriptorColumns(block: Int) -> Range<Int> {
    file.parameterCount - file.scalars.count..<file.parameterCount
  }
}
