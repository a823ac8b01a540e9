#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Why a minimizer finds nothing lower.
enum Impasse: Int {
  /// What the forces promise is less than the rounding of the energy.
  case rounding = 1
  /// The energy does not fall where the forces say so.
  case contradiction
}

extension EnthalpySurface {
  /// Whether forces and stress are within their tolerances. Collective.
  var isConverged: Bool {
    refresh()
    return largestForce <= options.forceTolerance && stressDeviation <= options.stressTolerance
  }

  /// Why a minimization ends after `steps`, or nil while it goes on. Collective.
  ///
  /// - Parameter impasse: the minimizer finds nothing lower.
  func ending(steps: Int, impasse: Impasse? = nil) -> String? {
    let effort = "\(steps) steps (\(evaluations) evaluations of the forces)"
    if isConverged { return "converged in \(effort): \(residual)" }
    switch impasse {
    case .rounding:
      return "NOT converged: after \(effort) the energy cannot be lowered any further, its changes are within rounding: "
        + residual
    case .contradiction:
      return "NOT converged: after \(effort) the energy does not fall along the forces (perhaps the potential jumps at its "
        + "cutoff, or atoms are closer than it was made for): \(residual)"
    case nil:
      return steps >= options.maximumSteps ? "NOT converged after \(effort): \(residual)" : nil
    }
  }

  private var residual: String {
    let force = "largest force \(short(largestForce)) eV/Å (tolerance \(options.forceTolerance))"
    guard options.cell != .fixed else { return force }
    return force + ", largest deviation from the pressure \(short(stressDeviation)) bar "
      + "(tolerance \(options.stressTolerance))"
  }
}

/// Four digits.
private func short(_ value: Double) -> String {
  var text = [CChar](repeating: 0, count: 32)
  withVaList([value]) { _ = vsnprintf(&text, text.count, "%.4g", $0) }
  return text.withUnsafeBufferPointer { String(cString: $0.baseAddress!) }
}
