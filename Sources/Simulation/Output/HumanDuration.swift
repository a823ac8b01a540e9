/// Durations as people say them.
public enum HumanDuration {
  /// The two largest units: "45 s", "3 min 20 s", "2 h 13 min", "5 d 4 h"; "under 1 s" below one second.
  public static func text(_ seconds: Double) -> String {
    guard seconds.isFinite, seconds < 1e11 else { return "ages" }
    if seconds < 1 { return "under 1 s" }
    let whole = Int(seconds.rounded())
    switch whole {
    case ..<60: return "\(whole) s"
    case ..<3600: return pair(whole / 60, "min", whole % 60, "s")
    case ..<86_400: return pair(whole / 3600, "h", whole % 3600 / 60, "min")
    default: return pair(whole / 86_400, "d", whole % 86_400 / 3600, "h")
    }
  }

  private static func pair(_ large: Int, _ largeUnit: String, _ small: Int, _ smallUnit: String) -> String {
    small == 0 ? "\(large) \(largeUnit)" : "\(large) \(largeUnit) \(small) \(smallUnit)"
  }
}
