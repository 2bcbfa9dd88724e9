package mix

import (
	"sluice/engine/element"
	"sluice/engine/value"
)

// sights are the actions of video.mix.
func sights() []element.Action {
	return []element.Action{
		{
			Name: "place", About: "Puts one picture somewhere out of the layout, also when its guest comes again.",
			Args: append([]element.Field{seat()}, sides()...),
		},
		{Name: "release", About: "Gives a picture that was put somewhere back to the layout.", Args: []element.Field{seat()}},
		{Name: "hide", About: "Shows one picture no longer, or again.", Args: []element.Field{
			seat(), element.Setting("hidden", value.Bool).Or(true).Says("Whether it is hidden."),
		}},
		{Name: "video", About: "Shows somebody's avatar in the place of the picture, or the picture again.", Args: []element.Field{
			seat(), element.Setting("enabled", value.Bool).Or(true).Says("Whether the picture is shown."),
		}},
		{Name: "avatar", About: "Gives whoever has no picture another one in its place.", Args: []element.Field{
			anySeat("of all who have none of their own"), pictureFile("file", aPicture),
		}},
		{Name: "label", About: "Writes something else into one picture, if the mixer has labels.", Args: []element.Field{
			seat(), element.Setting("text", value.String).Must().Says("What is written, at most 64 characters; nothing if it is empty."),
		}},
		{Name: "watermark", About: "Lays something over the whole, or over one picture.", Args: append([]element.Field{
			anySeat("over the whole"), pictureFile("file", aPicture),
		}, spot()...)},
		{Name: "background", About: "Lays something below all pictures.", Args: []element.Field{
			pictureFile("file", aPicture), element.Setting("colour", value.String).Says("Or one colour, such as #203040; without either, black."),
		}},
		{Name: "layout", About: "Lays all pictures in another way.", Args: []element.Field{
			element.Setting("layout", value.String).Must().Says("Name of a layout, or a description in YAML."),
		}},
		{Name: element.Turn, About: "Shows one guest large while nobody is in the spotlight.", Args: []element.Field{seat()}},
		{Name: "spotlight", About: "Shows one guest large, whoever speaks.", Args: []element.Field{
			element.Setting("key", value.String).Or("").Says("Key of the guest; without one, who speaks is large again."),
		}},
	}
}

// aPicture says what a file has to be.
const aPicture = "PNG or JPEG, with a name that says so; without one, none."

// sounds are the actions of audio.mix.
func sounds() []element.Action {
	return []element.Action{
		{Name: "volume", About: "Makes one sound louder or softer for all.", Args: []element.Field{
			seat(), element.Setting("volume", value.Float).Within(0.0, mostVolume).Says("Factor; 1 leaves it as it is, 0 is silence."),
			element.Setting("db", value.Float).Within(-60.0, 20.0).Says("The same in dB; 0 leaves it as it is."),
		}},
		{Name: "mute", About: "Adds one sound no longer, or again.", Args: []element.Field{
			seat(), element.Setting("muted", value.Bool).Or(true).Says("Whether it is left out."),
		}},
	}
}
