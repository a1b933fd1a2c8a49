// Takes the browser on with its ticket; without JavaScript the reader presses the button.
/** @type {HTMLFormElement} */ (document.getElementById("ticket")).submit();
