import Analysis
import ArgumentParser
import Communication
import Formats

/// Where the results of an analysis go: the same for every kind.
struct AnalyzeOutput: ParsableArguments {
  @Flag(help: "Print the JSON instead of the table; files are then written only where --output says.")
  var json = false

  @Option(help: "The directory for CSV, JSON and pictures (default: analysis); an earlier result of the kind is replaced.")
  var output: String?

  @Flag(help: "Write no files.")
  var noFiles = false

  /// The line of progress on a terminal.
  func progress(_ what: String) -> (Double) -> Void {
    let line = progressLine(json: json)
    var shown = -1
    return { part in
      let percent = Int(100 * part)
      guard percent != shown else { return }
      shown = percent
      line.show("\(what): \(percent) %")
    }
  }

  /// Prints the result and writes its files. Collective; `report` counts on root alone.
  func finish(_ report: some AnalysisReport) throws {
    progressLine(json: json).clear()
    try Communicator.world.onRoot {
      print(json ? try report.json : report.text)
      guard !noFiles, !json || output != nil else { return }
      let files = ResultFiles(directory: output ?? "analysis", overwrites: true)
      let names = try report.write(to: files)
      if !json { print("written to \(files.directory)/: \(names.joined(separator: ", "))") }
    }
  }
}
