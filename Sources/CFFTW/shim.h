#ifndef SWMD_CFFTW_SHIM_H
#define SWMD_CFFTW_SHIM_H
#include <fftw3.h>
#endif
