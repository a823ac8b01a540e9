import AtomicClusterFiles

extension Embedding {
  /// F(ρ; m) and dF/dρ.
  ///
  /// Near ρ = 0 a power m < 1 has no derivative: Finnis–Sinclair goes over to a line there (w = 10⁶), the shifted and scaled
  /// form moves the power's branch point away. (Y. Lysogorskiy et al., npj Comput. Mater. 7, 97 (2021).)
  func evaluate(_ density: Double, exponent: Double) -> (value: Double, slope: Double) {
    if abs(exponent - 1) < 1e-10 { return (density, 1) }
    let sign = density < 0 ? -1.0 : 1.0, a = abs(density)
    switch self {
    case .finnisSinclair:
      let w = 1e6, line = power(w, 1 - exponent)
      if a <= 1e-10 { return (line * density, line) }
      let cube = w * a * (w * a) * (w * a)
      let g = cube > 30 ? 0 : exponential(-cube), slope = -3 * w * w * w * a * a * g
      let raised = power(a, exponent)
      return (
        sign * ((1 - g) * raised + line * g * a),
        exponent * raised / a * (1 - g) - raised * slope + line * slope * a + line * g
      )
    case .shiftedScaled:
      let decay = exponential(-a), q = 1 / exponent
      let shift = power(q, q / (1 - q)) * decay, offset = power(q, 1 / (1 - q)) * decay
      let below = power(shift + a, exponent - 1)
      return (sign * (below * (shift + a) - offset), offset + exponent * (1 - shift) * below)
    }
  }
}
