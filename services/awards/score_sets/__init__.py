"""Read copies of sealed score sets, opened codes and activities: what a competition rests its awards on."""
