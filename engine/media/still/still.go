// Package still looks at files with still pictures, PNG and JPEG, before decoders get them that tell of a bad one when it is too late
// to say no. It decodes them whole, and throws away what it got: what it is for is the answer.
package still

import (
	"bytes"
	"errors"
	"image"
	"image/jpeg"
	"image/png"
	"io"
	"io/fs"
	"os"

	"sluice/engine/fault"
)

// What a file may be at most.
const (
	MaxBytes = 16 << 20
	MaxSide  = 4096 // pixels, each way
)

// Check tells whether a file is a picture that can be shown. Errors are fault.InvalidParams, and name the file.
func Check(path string) error {
	data, err := read(path)
	if err != nil {
		return wrong(path, "%s", err)
	}
	config, decode := png.DecodeConfig, png.Decode
	switch {
	case bytes.HasPrefix(data, []byte("\x89PNG\r\n\x1a\n")):
	case bytes.HasPrefix(data, []byte("\xff\xd8\xff")):
		config, decode = jpeg.DecodeConfig, jpeg.Decode
	default:
		return wrong(path, "it is neither PNG nor JPEG")
	}
	head, err := config(bytes.NewReader(data))
	if err != nil {
		return wrong(path, "it cannot be read").Because(err)
	}
	if !fits(head) {
		return wrong(path, "it is %d by %d pixels large, of %d by %d at most", head.Width, head.Height, MaxSide, MaxSide)
	}
	if _, err := decode(bytes.NewReader(data)); err != nil {
		return wrong(path, "it cannot be read to its end").Because(err)
	}
	return nil
}

func fits(c image.Config) bool {
	return c.Width > 0 && c.Height > 0 && c.Width <= MaxSide && c.Height <= MaxSide
}

// read reads a plain file that is not too large. What it cannot is said in words that name no folder.
func read(path string) ([]byte, error) {
	info, err := os.Stat(path) // before it is opened: to open a pipe waits
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, errors.New("there is none")
	case err != nil:
		return nil, errors.New("it cannot be opened")
	case !info.Mode().IsRegular():
		return nil, errors.New("it is no file")
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, errors.New("it cannot be opened")
	}
	defer func() { _ = f.Close() }() // it was only read
	data, err := io.ReadAll(io.LimitReader(f, MaxBytes+1))
	switch {
	case err != nil:
		return nil, errors.New("it cannot be read")
	case len(data) > MaxBytes:
		return nil, errors.New("it is larger than 16 MiB")
	}
	return data, nil
}

func wrong(path, format string, args ...any) *fault.Fault {
	f := fault.New(fault.InvalidParams, "", format, args...)
	f.Msg = "the picture " + path + ": " + f.Msg
	return f.Advise("a picture is a PNG or JPEG file of at most 4096 by 4096 pixels and 16 MiB")
}
