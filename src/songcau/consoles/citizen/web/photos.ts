// The photos of a report: what may go along, how they look, and smaller ones where the original is not wanted.
const LONG_EDGE = 2560;
const WORTH_IT = 1_200_000;
const QUALITY = 0.85;

/** What is shown and sent, in the order in which it was chosen. */
export class Photos {
  files: File[] = [];

  constructor(
    private readonly list: HTMLElement,
    private readonly limits: { most: number; bytes: number },
    private readonly say: (words: string[]) => void,
  ) {}

  /** Refused by size before a byte of it is sent. */
  add(chosen: Iterable<File>): void {
    const faults: string[] = [];
    for (const file of chosen) {
      if (file.size > this.limits.bytes) faults.push(`${file.name} ${this.list.dataset.tooLarge ?? ""}`);
      else if (this.files.length >= this.limits.most) faults.push(this.list.dataset.tooMany ?? "");
      else this.files.push(file);
    }
    this.say([...new Set(faults)]);
    this.draw();
  }

  draw(): void {
    this.list.replaceChildren(...this.files.map((file) => this.shot(file)));
  }

  private shot(file: File): HTMLElement {
    const item = document.createElement("li");
    if (file.type.startsWith("image/")) {
      const picture = document.createElement("img");
      picture.alt = file.name;
      picture.src = URL.createObjectURL(file);
      picture.addEventListener("load", () => { URL.revokeObjectURL(picture.src); });
      // HEIC, in most browsers: it can be sent although it cannot be shown.
      picture.addEventListener("error", () => { picture.replaceWith(this.named(file)); });
      item.append(picture);
    } else item.append(this.named(file));
    const remove = document.createElement("button");
    remove.type = "button";
    remove.className = "is-plain";
    remove.textContent = `${this.list.dataset.remove ?? ""}: ${file.name.slice(0, 30)}`;
    remove.addEventListener("click", () => {
      this.files = this.files.filter((each) => each !== file);
      this.draw();
    });
    item.append(remove);
    return item;
  }

  private named(file: File): HTMLElement {
    const named = document.createElement("span");
    named.className = "cp-film";
    named.textContent = file.type.startsWith("video/") ? `${this.list.dataset.film ?? ""}: ${file.name}` : file.name;
    return named;
  }
}

/** A smaller JPEG of a large photo: a telephone on a slow network sends it in seconds. As it is where that fails. */
export async function smaller(file: File): Promise<File> {
  if (!file.type.startsWith("image/") || file.size < WORTH_IT) return file;
  try {
    const bitmap = await createImageBitmap(file);
    const scale = Math.min(1, LONG_EDGE / Math.max(bitmap.width, bitmap.height));
    const canvas = document.createElement("canvas");
    canvas.width = Math.round(bitmap.width * scale);
    canvas.height = Math.round(bitmap.height * scale);
    canvas.getContext("2d")?.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
    bitmap.close();
    const made = await new Promise<Blob | null>((resolve) => { canvas.toBlob(resolve, "image/jpeg", QUALITY); });
    if (made === null || made.size >= file.size) return file;
    return new File([made], file.name.replace(/\.[^.]*$/, "") + ".jpg", { type: "image/jpeg" });
  } catch {
    return file;
  }
}
