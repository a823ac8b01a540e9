/// What is cut out around an atom, for a program that can only compute a few hundred atoms.
public enum CutShape: Equatable, Sendable {
  /// (a) All atoms within `radius` (Å), in vacuum: no cell.
  case sphere(radius: Double)
  /// (b) The neighborhood made periodic: the cube of half edge `radius` (Å) around the atom as a cubic cell, whose images
  /// stay out of the atom's neighborhood. (E. V. Podryabinkin et al., J. Chem. Phys. 159, 084112 (2023).)
  case periodic(radius: Double)
  /// (c) About `count` atoms around it as an orthorhombic cell, with `padding` (Å) of empty space at its faces.
  case cell(count: Int, padding: Double)
}
