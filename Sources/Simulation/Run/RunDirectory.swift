import Diagnostics
import Foundation

/// The directory of a run's outputs, which belongs to one run: nothing in it is overwritten unless the user says so.
struct RunDirectory {
  let path: String
  /// Names of the files that the input asks for in it: those of trajectories, computes and monitors.
  let named: [String]

  var log: String { "\(path)/log.txt" }
  var thermo: String { "\(path)/thermo.csv" }
  var final: String { "\(path)/final.extxyz" }
  var lastGood: String { "\(path)/last-good.extxyz" }
  var breaking: String { "\(path)/breaking.extxyz" }
  var performance: String { "\(path)/performance.json" }

  /// Whether a run has left results here. Root only.
  var holdsRun: Bool {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
    return names.contains(where: isOurs)
  }

  /// Throws if a run that is already here would be overwritten. Writes nothing. Root only.
  func checkFree(overwriting: Bool, at place: Place) throws {
    var isDirectory: ObjCBool = false
    if FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory), !isDirectory.boolValue {
      throw Failure.input("the output directory '\(path)' is a file", at: place, remedy: "name another directory")
    }
    guard holdsRun, !overwriting else { return }
    throw Failure.input(
      "the output directory '\(path)' already holds a run", at: place,
      remedy: "go on with it by --restart, replace it by --overwrite, or name another directory")
  }

  /// Makes the directory; an older run's checkpoints, log and results go. Root only.
  func create() throws {
    do {
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
      for name in try FileManager.default.contentsOfDirectory(atPath: path) where isOurs(name) {
        try FileManager.default.removeItem(atPath: "\(path)/\(name)")
      }
    } catch let error as NSError {
      throw Failure.runtime(
        "the output directory cannot be prepared: \(error.localizedDescription)", at: Place(file: path),
        remedy: "see the permissions and the space on the disk")
    }
  }

  /// Deletes the last configuration of an earlier run. Root only.
  func removeFinal() throws {
    guard FileManager.default.fileExists(atPath: final) else { return }
    do { try FileManager.default.removeItem(atPath: final) } catch {
      throw Failure.runtime("an old file cannot be deleted: \(error.localizedDescription)", at: Place(file: final))
    }
  }

  private func isOurs(_ name: String) -> Bool {
    name.hasPrefix("checkpoint-") && name.contains(".swmd")
      || (["log.txt", "thermo.csv", "final.extxyz", "last-good.extxyz", "breaking.extxyz", "performance.json"] + named).contains(name)
  }
}
