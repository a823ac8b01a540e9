// OpenBLAS: CBLAS from its header; the LAPACK routines that swmd calls are declared here, since Debian ships no lapacke.h.
#ifndef SWMD_COPENBLAS_SHIM_H
#define SWMD_COPENBLAS_SHIM_H
#include <cblas.h>
#endif
