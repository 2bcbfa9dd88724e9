package measure

import (
	"math"
	"math/bits"
	"math/cmplx"
)

// addPower adds the power spectrum of samples, faded in and out by a Hann window, to sum. Fewer samples than size are
// followed by silence.
func addPower(sum, samples []float64, size int) {
	x := make([]complex128, size)
	shift := 64 - bits.TrailingZeros(uint(size))
	for i, v := range samples {
		fade := 0.5 - 0.5*math.Cos(2*math.Pi*(float64(i)+0.5)/float64(len(samples)))
		x[bits.Reverse64(uint64(i))>>shift] = complex(v*fade, 0)
	}
	transform(x)
	for k := range sum {
		re, im := real(x[k]), imag(x[k])
		sum[k] += re*re + im*im
	}
}

// transform is Cooley and Tukey's, radix two, in place, of values in bit-reversed order. Their number is a power of two.
func transform(x []complex128) {
	for width := 2; width <= len(x); width *= 2 {
		half := width / 2
		turn := cmplx.Rect(1, -2*math.Pi/float64(width))
		for start := 0; start < len(x); start += width {
			by := complex(1, 0)
			for k := start; k < start+half; k++ {
				a, b := x[k], x[k+half]*by
				x[k], x[k+half] = a+b, a-b
				by *= turn
			}
		}
	}
}
