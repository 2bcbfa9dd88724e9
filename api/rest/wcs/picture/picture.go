// Package picture finds the picture files that calls of the WCS-compatible API name: in one folder and below it, and nowhere else.
// Whether a file is a picture that can be shown is told by others, such as engine/media/still.
package picture

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"

	"sluice/engine/fault"
)

// Folder is where the files are. Safe for concurrent use.
type Folder struct {
	path  string
	check func(path string) error
	turns chan struct{} // holds a value for each check that goes on
}

// New is a folder; "" is nowhere. check tells whether a file is a picture that can be shown. To know that it has to be decoded, which
// can take more than a hundred megabytes: so no more than two are at a time, whoever asks, and the others wait for as long as that takes.
func New(path string, check func(path string) error) *Folder {
	const atATime = 2
	return &Folder{path: path, check: check, turns: make(chan struct{}, atATime)}
}

// Find gives the path of a file, by its name in the folder: "logo.png", "studio/logo.png". What is no picture file there is
// fault.InvalidParams: a name that leads out of the folder, also by a link; a file that is not there, or neither PNG nor JPEG by name,
// or no picture that can be shown.
func (f *Folder) Find(name string) (path string, err error) {
	switch {
	case f.path == "":
		return "", wrong("there is no folder of pictures").Advise(`the configuration's key "media.folder" names it`)
	case !filepath.IsLocal(filepath.FromSlash(name)) || strings.ContainsAny(name, "\x00\\"):
		return "", wrong("%.80q is no name of a file in the folder of pictures", name)
	}
	if !slices.Contains([]string{".png", ".jpg", ".jpeg"}, ext(name)) {
		return "", wrong("%.80q is not named as PNG or JPEG", name).Advise("names end in .png, .jpg or .jpeg")
	}
	root, err := os.OpenRoot(f.path)
	if err != nil {
		return "", wrong("the folder of pictures cannot be read").Because(err)
	}
	defer root.Close()
	file, err := root.OpenFile(filepath.FromSlash(name), os.O_RDONLY|syscall.O_NONBLOCK, 0) // follows no link out, waits for no pipe
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "", wrong("there is no file %.80q", name)
	case err != nil:
		return "", wrong("%.80q cannot be read", name).Because(err)
	}
	defer file.Close()
	const signature = "\x89PNG"
	begun := make([]byte, len(signature))
	_, err = io.ReadFull(file, begun) // what cannot be read is refused below
	if png := string(begun) == signature; err == nil && png != (ext(name) == ".png") {
		return "", wrong("%.80q is not the picture that its name says", name) // mixers choose by the name what decodes it
	}
	path, err = filepath.Abs(filepath.Join(f.path, filepath.FromSlash(name)))
	if err != nil {
		return "", wrong("the folder of pictures cannot be found").Because(err)
	}
	f.turns <- struct{}{}
	defer func() { <-f.turns }()
	if f, ok := errors.AsType[*fault.Fault](f.check(path)); ok {
		return "", wrong("%s", strings.ReplaceAll(f.Msg, path, name)).Advise("%s", f.Hint) // the folder is nobody's business
	}
	return path, nil
}

// ext is the end of a name, in small letters.
func ext(name string) string { return strings.ToLower(filepath.Ext(name)) }

func wrong(format string, args ...any) *fault.Fault {
	return fault.New(fault.InvalidParams, "", format, args...)
}
