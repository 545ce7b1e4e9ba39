// The page that tries an upload out: the city's sender on its form.
import { attach } from "@shell/upload";

const form = document.querySelector<HTMLFormElement>("#upload");
if (form !== null) attach(form);
