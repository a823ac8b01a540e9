extension InputReference {
  /// What `swmd help input` prints.
  public static var text: String {
    let tables = sections.map { section in
      ([section.title, "  " + section.sentence] + section.keys.map(line)).joined(separator: "\n")
    }
    let width = units.map(\.dimension.count).max() ?? 0
    let unitLines = units.map { "  " + padded($0.dimension, width) + "  " + $0.accepted }
    let unitTable = (["Units; the first of each line is the default"] + unitLines).joined(separator: "\n")
    return ([introduction] + tables + [unitTable]).joined(separator: "\n\n") + "\n"
  }

  private static func line(_ key: KeyDescription) -> String {
    let unit = key.unit.map { " (\($0))" } ?? ""
    return "  " + padded(key.name, 16) + "  \(key.type)\(unit); \(key.presence)\n"
      + String(repeating: " ", count: 22) + key.sentence
  }

  private static func padded(_ text: String, _ width: Int) -> String {
    text + String(repeating: " ", count: max(0, width - text.count))
  }

  /// The reference page in Markdown, `REFERENCE.md`.
  public static var markdown: String {
    let tables = sections.map { section in
      (["## \(code(section.title))", "", section.sentence]
        + (section.keys.isEmpty ? [] : ["", "| key | type | unit | | meaning |", "|---|---|---|---|---|"])
        + section.keys.map(row)).joined(separator: "\n")
    }
    let unitRows = units.map { "| \($0.dimension) | \($0.accepted) |" }
    let unitHead = [
      "## Units", "", "The first of each line is the default; products and powers of units are accepted too.", "",
      "| | units |", "|---|---|",
    ]
    let unitTable = (unitHead + unitRows).joined(separator: "\n")
    let head = """
      <!-- Made from the declarations in this folder: change those, then SWMD_WRITE_REFERENCE=1 tools/test. -->

      # The input file


      """
    return head + ([introduction] + tables + [unitTable]).joined(separator: "\n\n") + "\n"
  }

  private static func row(_ key: KeyDescription) -> String {
    let cells = [code(key.name), key.type, key.unit ?? "", key.presence, key.sentence]
    return "| " + cells.map { $0.replacing("|", with: "\\|") }.joined(separator: " | ") + " |"
  }

  private static func code(_ text: String) -> String { "`\(text)`" }
}
