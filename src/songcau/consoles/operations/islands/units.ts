// The style of the operations centre, for its pages without a map.
import "../web/operations.css";
