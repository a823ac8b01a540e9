/// Where in its stages a run is: with the atoms, all that the next step depends on.
struct RunPosition: Equatable {
  /// Index into the input's stages.
  var stage = 0
  var stepInStage = 0
  /// The conserved energy (eV) at the stage's start, from which the drift is measured.
  var initialEnergy = 0.0
  /// `StageProcess.state` of the running stage.
  var process: [Double] = []
}
