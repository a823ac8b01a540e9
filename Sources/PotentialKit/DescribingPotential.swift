/// A potential in whose rows some columns are values of basis functions, and others only derivatives with respect to what the
/// basis functions are made of. The values alone describe an environment.
public protocol DescribingPotential: ActiveSetPotential {
  /// The columns of a block that are values of basis functions.
  func descriptorColumns(block: Int) -> Range<Int>
}
